#pragma once

#include "mcu/base/time.h"
#include "mcu/media/geometry.h"
#include "mcu/media/packet.h"

namespace tessera {

/// What one video encode is. Equal specifications of one view share one encoder.
struct VideoEncodeSpec {
    VideoCodec codec = VideoCodec::H264;
    Size size{1280, 720};
    FrameRate rate{30, 1};
    int bitrateKbps = 2500;
    int keyframeIntervalMs = 2000;
    auto operator<=>(const VideoEncodeSpec&) const = default;
};

/// What one audio encode is; always 48 kHz stereo.
struct AudioEncodeSpec {
    AudioCodec codec = AudioCodec::Opus;
    int bitrateKbps = 64;
    int targetLufs = 0;  ///< programme loudness that its mix is brought to, LUFS (EBU R 128); 0 = as it is mixed
    auto operator<=>(const AudioEncodeSpec&) const = default;
};

}  // namespace tessera
