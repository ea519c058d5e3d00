#include "api/ingest_rules.h"

namespace tessera {

IngestSettings toIngestSettings(const Config& config) {
    return {.filesRoot = config.files.root,
            .allow = config.sources.allow,
            .listensForRtmp = !config.rtmp.listen.empty(),
            .pushes = nullptr};
}

}  // namespace tessera
