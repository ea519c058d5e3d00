#pragma once

#include "pipelines/ingest/ingest_catalog.h"

namespace tessera {

inline constexpr ParamRow kImageIngestParams[] = {
    {"url", ParamType::Text, "", "path of a PNG or JPEG file, relative to the folder files.root of the configuration",
     "what is shown", 1, 1024},
};

/// @error unsupported, invalid_argument: there is no folder of files, or no such file in it
Status checkImageIngest(const IngestSpec& spec, const IngestSettings& settings);

/// Makes a source of one still picture without sound. @error as checkImageIngest and readPicture
Result<std::unique_ptr<Ingest>> createImageIngest(const IngestSpec& spec, const IngestContext& context);

}  // namespace tessera
