#pragma once

#include <memory>

#include "mcu/base/result.h"
#include "mcu/media/video_decoder.h"

namespace tessera {

/// Decodes on the CPU with one GStreamer element and no pipeline around it; one thread, the caller's. Pictures are host
/// memory, I420 or NV12, wrapped without a copy.
///
/// @param pictures  outlives the decoder
/// @error unsupported: no element for the codec on this machine
Result<std::unique_ptr<VideoDecoder>> createSoftwareVideoDecoder(VideoCodec codec, FrameSink& pictures);

}  // namespace tessera
