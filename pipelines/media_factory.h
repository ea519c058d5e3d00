#pragma once

#include <memory>
#include <string>

#include "mcu/meeting/media_factory.h"

#include "gpu/gpu_engines.h"
#include "pipelines/ingest/ingest_settings.h"

namespace tessera {

class HlsSite;
class WebRtcPublisher;

/// Makes the factory of everything that needs a library: encoders of the catalog, ingests of the catalog, recordings,
/// the CPU compositor and the Pango rasterizer.
/// @param settings  where images and sources may come from
/// @param gpus      that work is done on; null = the CPU does everything
/// @param hls       where outputs publish; outlives the factory's outputs; null = they cannot
/// @param whip  makes the connections of outputs over WebRTC, and outlives the outputs; null = there are none
/// @thread any; the factory may be shared by meetings, each of which calls on its control thread
std::unique_ptr<MediaFactory> createMediaFactory(IngestSettings settings = {},
                                                 std::shared_ptr<const GpuEngines> gpus = nullptr,
                                                 HlsSite* hls = nullptr, WebRtcPublisher* whip = nullptr);

}  // namespace tessera
