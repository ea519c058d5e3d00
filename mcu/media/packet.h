#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "mcu/base/time.h"

namespace tessera {

/// Pictures are sent as H.264 and VP8; the others are only received.
enum class VideoCodec { H264, Vp8, Hevc, Vp9, Av1 };
enum class AudioCodec { Opus, Aac };

constexpr std::string_view toString(VideoCodec codec) {
    switch (codec) {
        case VideoCodec::H264: return "h264";
        case VideoCodec::Vp8: return "vp8";
        case VideoCodec::Hevc: return "hevc";
        case VideoCodec::Vp9: return "vp9";
        case VideoCodec::Av1: return "av1";
    }
    return "";
}
constexpr std::string_view toString(AudioCodec codec) {
    switch (codec) {
        case AudioCodec::Opus: return "opus";
        case AudioCodec::Aac: return "aac";
    }
    return "";
}

enum class MediaKind { Audio, Video };

/// One encoded access unit, immutable and shared by everyone who receives its rendition.
/// H.264: Annex B with SPS and PPS before every keyframe, no B-frames. VP8: one frame. Opus: one packet (20 ms).
/// AAC: one raw access unit (1024 samples), no ADTS.
struct Packet {
    MediaKind kind = MediaKind::Video;
    bool keyframe = true;  ///< decodable on its own; always true for audio
    MediaTime pts{};       ///< of the first sample or the picture; dts equals pts (no B-frames)
    Duration duration{};
    std::uint64_t sequence = 0;  ///< counts up by one per rendition, so that a reader sees what was dropped
    std::vector<std::uint8_t> bytes;
};

using PacketPtr = std::shared_ptr<const Packet>;

}  // namespace tessera
