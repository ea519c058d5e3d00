#pragma once

#include <string>

#include "tests/quality/contents.h"

namespace tessera {

/// A picture of one of FFmpeg's test sources (testsrc2, mandelbrot, ...), a second after its start.
PackedPicture readTestSource(const std::string& filter, Size size);

}  // namespace tessera
