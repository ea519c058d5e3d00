#pragma once

namespace tessera {

/// Prints PSNR and SSIM of our filters and of libyuv's, FFmpeg's and GStreamer's against a Lanczos picture.
/// @return the program's exit status
int printQuality(bool isJson);

}  // namespace tessera
