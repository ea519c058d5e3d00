#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/coded_tap.h"

#include "pipelines/av/av_ptr.h"

namespace tessera {

struct AvParametersDeleter {
    void operator()(AVCodecParameters* parameters) const { avcodec_parameters_free(&parameters); }
};
using AvParametersPtr = std::unique_ptr<AVCodecParameters, AvParametersDeleter>;

/// What one file can hold of a source's track: units of another format belong into another file.
struct CodedFormat {
    std::string codec;
    std::vector<std::uint8_t> extradata;  ///< H.264 and HEVC: as the units are, Annex B or a configuration record
    int sampleRate = 0, channels = 0;     ///< of audio
    bool operator==(const CodedFormat&) const = default;
};

/// The format from this unit on.
/// @param unit    of video: a keyframe
/// @param before  what a keyframe without parameter sets of its own goes on with; null = nothing
CodedFormat formatOf(const CodedUnit& unit, const CodedFormat* before);

/// What a container must know. The first picture is decoded for it, so that nothing has to be guessed.
/// @param unit  as formatOf
/// @error unsupported: the codec is not known here; invalid_argument: the picture cannot be decoded, or is smaller than
///        16x16, as senders that leave make them
Result<AvParametersPtr> describeFormat(const CodedFormat& format, const CodedUnit& unit);

/// The size that a VP8 keyframe begins with. @source RFC 6386 section 9.1
/// @return nothing for what is none
std::optional<std::pair<int, int>> vp8Size(std::span<const std::uint8_t> keyframe);

/// What an ADTS frame of AAC holds, and the AudioSpecificConfig that its header stands for.
struct AdtsFrame {
    std::span<const std::uint8_t> payload;
    std::vector<std::uint8_t> configuration;
};
/// @source ISO/IEC 14496-3 sections 1.A.2.2 (ADTS) and 1.6.2.1 (AudioSpecificConfig)
/// @return nothing for bytes that are no whole ADTS frame
std::optional<AdtsFrame> parseAdts(std::span<const std::uint8_t> bytes);

}  // namespace tessera
