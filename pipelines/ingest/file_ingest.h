#pragma once

#include <memory>

#include "mcu/meeting/media_factory.h"

namespace tessera {

/// Makes an ingest that plays a local media file on a thread of its own, paced by the timeline. A loop begins where the
/// longer of picture and sound ended, so both stay together. Pictures beyond 60 per second are left out.
///
/// @param timeline  outlives the ingest
/// @error not_found: there is no such file; invalid_argument: it is no media file
Result<std::unique_ptr<Ingest>> createFileIngest(const IngestSpec& spec, const Timeline& timeline, SourceFeedPtr feed);

}  // namespace tessera
