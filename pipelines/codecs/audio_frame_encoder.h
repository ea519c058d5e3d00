#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "mcu/base/result.h"

#include "pipelines/codecs/encoder_catalog.h"

namespace tessera {

/// Encodes whole frames of one codec on the caller's thread; what comes out is handed over before `encode` returns, or
/// later where the codec delays.
/// @thread one at a time
class AudioFrameEncoder {
public:
    using OnEncoded = std::function<void(std::span<const std::uint8_t> packet)>;

    virtual ~AudioFrameEncoder() = default;

    /// @param interleaved  stereo, AudioEncoderRow::frameSamples of them; full scale +-1.0, clipped beyond
    /// @error internal: the encoder failed; it is of no use any more
    virtual Status encode(std::span<const float> interleaved) = 0;
    /// Gives out what is still held. Nothing can be encoded after that.
    virtual void drain() = 0;
    /// Another encoder in the same state. @return null where the codec cannot
    virtual std::unique_ptr<AudioFrameEncoder> fork(OnEncoded) const { return nullptr; }
};

/// The encoder of a row that names a GStreamer element.
/// @error unsupported: no such element, property or caps on this machine
Result<std::unique_ptr<AudioFrameEncoder>> createElementAudioEncoder(const AudioEncoderRow& row,
                                                                     const AudioEncodeSpec& spec,
                                                                     AudioFrameEncoder::OnEncoded onEncoded);

/// Opus by libopus itself: a GStreamer element's state cannot be copied.
/// @error unsupported: libopus refuses the settings
Result<std::unique_ptr<AudioFrameEncoder>> createOpusEncoder(const AudioEncoderRow& row, const AudioEncodeSpec& spec,
                                                             AudioFrameEncoder::OnEncoded onEncoded);

}  // namespace tessera
