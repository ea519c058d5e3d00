#pragma once

#include "pipelines/codecs/encoder_catalog.h"
#include "pipelines/codecs/picture_encoder.h"

namespace tessera {

/// Encodes with a GStreamer element on the CPU. A picture in a device's memory is copied to the host once, however many
/// encoders take it.
/// @error unsupported: no such element, property or caps on this machine
Result<std::unique_ptr<PictureEncoder>> createElementPictureEncoder(const VideoEncoderRow& row,
                                                                    const VideoEncodeSpec& spec,
                                                                    const std::shared_ptr<CudaDevice>& device,
                                                                    PictureEncoder::OnEncoded onEncoded);

}  // namespace tessera
