#pragma once

#include <memory>

#include "mcu/meeting/media_factory.h"

#include "pipelines/codecs/encoder_catalog.h"

namespace tessera {

/// Makes the encoder of one row: a thread that encodes what is offered, at most two pictures behind.
///
/// Pictures are of exactly `spec.size`, in any memory, with growing pts at or after the meeting's epoch; packets carry
/// the pictures' pts unchanged. An encoder that fails is made anew, at most once a second; one on a GPU leaves its work
/// to the codec's first row in software.
/// @param sink    outlives the encoder
/// @param device  of rows on a GPU; null = there is none
/// @error unsupported: the row does not work on this machine
Result<std::unique_ptr<VideoEncoder>> createVideoEncoder(const VideoEncoderRow& row, const VideoEncodeSpec& spec,
                                                         PacketSink& sink,
                                                         std::shared_ptr<CudaDevice> device = nullptr);

/// Makes the encoder of the first row for `spec.codec` that works on this machine.
/// @error invalid_argument: a size, rate or bitrate that no encoder takes; unsupported: no row works
Result<std::unique_ptr<VideoEncoder>> createVideoEncoder(const VideoEncodeSpec& spec, PacketSink& sink,
                                                         const std::shared_ptr<CudaDevice>& device = nullptr);

/// Encodes one small picture with a row.
/// @error unsupported: why it does not work
Status tryVideoEncoder(const VideoEncoderRow& row, const std::shared_ptr<CudaDevice>& device = nullptr);

}  // namespace tessera
