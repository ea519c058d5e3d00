#pragma once

#include <memory>
#include <string>

#include "mcu/meeting/media_factory.h"

#include "gpu/gpu_engines.h"
#include "pipelines/ingest/ingest_settings.h"
#include "pipelines/outputs/file_listener.h"

namespace tessera {

class HlsSite;
class WebRtcPublisher;

/// What outputs lead to, each of which outlives them.
struct OutputEnds {
    HlsSite* hls = nullptr;           ///< where they publish; null = they cannot
    WebRtcPublisher* whip = nullptr;  ///< makes the connections of those over WebRTC; null = there are none
    FileListener onFile{};            ///< null = nobody hears
};

/// Makes the factory of everything that needs a library: encoders of the catalog, ingests of the catalog, recordings,
/// the CPU compositor and the Pango rasterizer.
/// @param settings  where images and sources may come from
/// @param gpus      that work is done on; null = the CPU does everything
/// @thread any; the factory may be shared by meetings, each of which calls on its control thread
std::unique_ptr<MediaFactory> createMediaFactory(IngestSettings settings = {},
                                                 std::shared_ptr<const GpuEngines> gpus = nullptr,
                                                 OutputEnds ends = {});

}  // namespace tessera
