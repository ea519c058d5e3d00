#pragma once

#include <string>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/packet.h"

namespace tessera {

/// One encoded picture or sound packet of a clip, as RTP packets of a plain 12-byte header.
struct ClipUnit {
    MediaKind kind = MediaKind::Video;
    Duration at{};  ///< since the clip's beginning
    std::vector<std::vector<std::uint8_t>> packets;
    std::vector<std::uint8_t> bytes;  ///< the same before it was cut into packets
};

/// A clip of VP8 and Opus in order of time, which can be played again and again.
struct RtpClip {
    std::vector<ClipUnit> units;
    Duration duration{};
};

inline constexpr std::uint8_t kClipVideoPayload = 96, kClipAudioPayload = 111;

/// Reads a WebM file. @error invalid_argument: it cannot be read
Result<RtpClip> readRtpClip(const std::string& path);

}  // namespace tessera
