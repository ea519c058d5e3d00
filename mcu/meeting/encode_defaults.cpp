#include "mcu/meeting/encode_defaults.h"

#include <algorithm>
#include <cmath>

namespace tessera {

VideoEncodeSpec defaultVideoEncode(VideoCodec codec, Size canvas, FrameRate rate) {
    const double pixels = static_cast<double>(canvas.width) * canvas.height / (1280.0 * 720.0);
    const double kbps = 2500 * std::pow(pixels, 0.75) * std::sqrt(rate.toDouble() / 30);
    return {.codec = codec,
            .size = canvas,
            .rate = rate,
            .bitrateKbps = std::max(200, static_cast<int>(std::lround(kbps / 10) * 10)),
            .keyframeIntervalMs = 2000};
}

}  // namespace tessera
