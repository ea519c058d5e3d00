#pragma once

#include <optional>
#include <vector>

#include "pipelines/ingest/rtmp/flv_media.h"

namespace tessera {

/// Matroska without an end, for codecs that libavformat 5.1 does not take out of FLV.
/// @source RFC 9559 (Matroska), RFC 8794 (EBML); the codecs' mappings of Matroska
/// @thread any
struct MatroskaTrack {
    FlvMedia::Codec codec = FlvMedia::Codec::Unknown;  ///< not Unknown in what is written
    std::vector<std::uint8_t> config;                  ///< avcC, hvcC, av1C, vpcC, AudioSpecificConfig or OpusHead
};

struct MatroskaTracks {
    std::optional<MatroskaTrack> video, audio;
    std::optional<MatroskaTrack>& of(bool isVideo) { return isVideo ? video : audio; }
};

/// The first byte of every file.
inline constexpr std::uint8_t kMatroskaBegin = 0x1a;

/// What a stream of these tracks, of which there is one at least, begins with.
std::vector<std::uint8_t> matroskaHeader(const MatroskaTracks& tracks);

/// One frame. @param timestamp  of its decoding, milliseconds
std::vector<std::uint8_t> matroskaBlock(const FlvMedia& media, std::uint32_t timestamp);

}  // namespace tessera
