#pragma once

#include "mcu/video/compositor.h"

#include "tests/quality/contents.h"

namespace tessera {

/// Our compositor: the picture as the only layer of a canvas of `size`, which has nearly its shape.
PackedPicture scaleOurs(const PackedPicture& source, Size size, ScaleFilter filter);

/// libyuv's I420Scale; filters are its FilterMode.
enum class YuvFilter { Bilinear = 2, Box = 3 };
PackedPicture scaleLibyuv(const PackedPicture& source, Size size, YuvFilter filter);

/// FFmpeg's swscale. Bilinear and Bicubic are set as its `scale` filter sets them: default accuracy, chroma sited
/// midway. Lanczos is the reference: accurate rounding, and chroma sited left, as the pictures have it.
enum class SwsFilter { Bilinear, Bicubic, Lanczos };
PackedPicture scaleSws(const PackedPicture& source, Size size, SwsFilter filter);

}  // namespace tessera
