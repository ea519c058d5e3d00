#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/video_decoder.h"

#include "gpu/gpu_engines.h"

namespace tessera {

/// One way to decode video on this machine.
struct VideoDecoderRow {
    std::string_view name;  ///< "nvdec", "software"
    /// @param pictures  outlives the decoder
    /// @error unsupported, capacity, device: not here or not now; the next row is tried
    std::function<Result<std::unique_ptr<VideoDecoder>>(VideoCodec codec, FrameSink& pictures)> create;
};

/// The ways to decode video on this machine, the preferred one first, software last. Shared by all sources.
using VideoDecoderTable = std::shared_ptr<const std::vector<VideoDecoderRow>>;

VideoDecoderTable softwareVideoDecoders();

/// @param gpus     may be null
/// @param meeting  its id: its pictures are decoded where they are composed
VideoDecoderTable videoDecodersOf(std::shared_ptr<const GpuEngines> gpus, const std::string& meeting);

/// What media from outside can be decoded with, and whether it is there.
struct DecoderAvailability {
    std::string codec;    ///< h264 | vp8 | hevc | vp9 | av1 | opus
    std::string kind;     ///< video | audio
    std::string element;  ///< the decoder: of libavcodec, of GStreamer, or nvdec and the device's number
    bool available = false;
    std::string reason;  ///< why it is not available; else empty
};

/// Makes every decoder once, and asks each GPU for its codecs.
/// @param gpus  may be null
/// @thread any but tick threads
std::vector<DecoderAvailability> probeDecoders(const GpuEngines* gpus = nullptr);

}  // namespace tessera
