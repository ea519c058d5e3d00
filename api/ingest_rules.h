#pragma once

#include "api/config.h"
#include "pipelines/ingest/ingest_settings.h"

namespace tessera {

/// Where sources may come from, as the configuration says.
IngestSettings toIngestSettings(const Config& config);

}  // namespace tessera
