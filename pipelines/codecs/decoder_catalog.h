#pragma once

#include <functional>
#include <memory>
#include <span>
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

/// One row of the decoder catalog: what media from outside is decoded with.
struct DecoderRow {
    std::string_view codec;  ///< h264 | vp8 | opus
    std::string_view kind;   ///< video | audio
    const char* element;     ///< of GStreamer
};

/// The one table of decoders.
std::span<const DecoderRow> decoderCatalog();

struct DecoderAvailability {
    std::string codec, kind, element;
    bool available = false;
    std::string reason;  ///< why it is not available; else empty
};

/// Makes every row's element once, and asks each GPU for its codecs.
/// @param gpus  may be null
/// @thread any but tick threads
std::vector<DecoderAvailability> probeDecoders(const GpuEngines* gpus = nullptr);

}  // namespace tessera
