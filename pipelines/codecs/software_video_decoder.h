#pragma once

#include <memory>
#include <string_view>

#include "mcu/base/result.h"
#include "mcu/media/video_decoder.h"

namespace tessera {

/// Decodes on the CPU with libavcodec, on one thread, the caller's. Pictures are host memory, I420, wrapped without a
/// copy where they are 4:2:0 of 8 bits.
///
/// @param pictures  outlives the decoder
/// @error unsupported: libavcodec has no decoder for the codec
Result<std::unique_ptr<VideoDecoder>> createSoftwareVideoDecoder(VideoCodec codec, FrameSink& pictures);

/// libavcodec's name of the decoder that is used for a codec; empty when there is none. @thread any
std::string_view softwareVideoDecoderName(VideoCodec codec);

}  // namespace tessera
