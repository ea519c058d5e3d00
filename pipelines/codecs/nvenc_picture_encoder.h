#pragma once

#include <memory>

#include "gpu/cuda_device.h"
#include "pipelines/codecs/encoder_catalog.h"
#include "pipelines/codecs/picture_encoder.h"

namespace tessera {

/// Encodes on NVENC through libavcodec. Pictures in the device's memory are read where they are; host pictures are
/// uploaded by the encoder.
///
/// @param device  may be null
/// @error unsupported: no device, no NVENC on it, or a setting that it does not take; capacity: no session or memory is
///        left (consumer devices allow few sessions)
Result<std::unique_ptr<PictureEncoder>> createNvencPictureEncoder(const VideoEncoderRow& row,
                                                                  const VideoEncodeSpec& spec,
                                                                  const std::shared_ptr<CudaDevice>& device,
                                                                  PictureEncoder::OnEncoded onEncoded);

}  // namespace tessera
