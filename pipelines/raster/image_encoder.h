#pragma once

#include <cstdint>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/video_frame.h"

namespace tessera {

enum class ImageFormat { Jpeg, Png };

/// A picture as a file's bytes: JPEG in full-range BT.601 as JFIF asks, PNG in RGB, each from the picture's own
/// colours.
///
/// @param frame  host memory, 4:2:0
/// @param width  of the image, pixels, its height following; 0, or more than the picture has: as the picture
/// @error unsupported: memory of a device; internal: the encoder refuses
/// @thread any but tick threads
/// @source ITU-T T.871 (JFIF) section 7
Result<std::vector<std::uint8_t>> encodeImage(const VideoFrame& frame, ImageFormat format, int width = 0);

}  // namespace tessera
