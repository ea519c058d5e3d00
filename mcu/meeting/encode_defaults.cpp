#include "mcu/meeting/encode_defaults.h"

#include <algorithm>
#include <cmath>

namespace tessera {

VideoEncodeSpec defaultVideoEncode(VideoCodec codec, const ViewSpec& view, const EncodeSettings& settings) {
    const double pixels = static_cast<double>(view.canvas.width) * view.canvas.height / (1280.0 * 720.0);
    const double kbps = settings.videoBitrateKbps * std::pow(pixels, 0.75) * std::sqrt(view.rate.toDouble() / 30);
    return {.codec = codec,
            .size = view.canvas,
            .rate = view.rate,
            .bitrateKbps = std::max(200, static_cast<int>(std::lround(kbps / 10) * 10)),
            .keyframeIntervalMs = settings.keyframeIntervalMs};
}

}  // namespace tessera
