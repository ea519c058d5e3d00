#pragma once

#include "mcu/media/video_frame.h"

namespace tessera {

/// Peak signal-to-noise ratio of two planes in dB; 100 when they are equal.
double psnr(const Plane& a, const Plane& b, Size size);

/// Mean structural similarity of two planes, over windows of 8x8 samples four apart, 1 when they are equal.
/// @source Z. Wang et al., "Image quality assessment: from error visibility to structural similarity", IEEE Trans.
/// Image
///         Processing 13(4), 2004, equation 13, K1 = 0.01, K2 = 0.03; flat windows instead of Gaussian ones
double ssim(const Plane& a, const Plane& b, Size size);

}  // namespace tessera
