#pragma once

#include <string>

#include "mcu/media/video_frame.h"
#include "mcu/scene/overlay.h"

namespace tessera {

/// The widest and the tallest image that is read, pixels.
inline constexpr int kLargestImageSide = 4096;

/// The path of an image file inside a folder, links followed: a caller can name nothing else on the machine.
/// @error unsupported: there is no folder; invalid_argument: there is no such file in it
Result<std::string> findImage(const std::string& folder, const std::string& name);

/// Reads a PNG or JPEG file as a picture to be scaled: I420 in its own colour system. Transparency is left out.
///
/// @param path  as findImage gives it
/// @error not_found, invalid_argument: missing, no such image, or larger than kLargestImageSide
/// @thread any but tick threads
Result<FramePtr> readPicture(const std::string& path);

/// Reads a PNG or JPEG file as an overlay, scaled to the largest even size of its shape that fits into `box`.
/// Errors and thread as above.
Result<OverlayPtr> readOverlay(const std::string& path, Size box);

}  // namespace tessera
