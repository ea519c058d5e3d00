#pragma once

#include <cstdint>
#include <vector>

#include "api/json.h"
#include "pipelines/outputs/media_finish.h"
#include "pipelines/outputs/webvtt.h"

namespace tessera {

// Captions and chapters of a recording's file, from the journal of its meeting.

/// Those captions of which a part is in the file, cut to it.
/// @param events      as readJournal
/// @param timeline    of the file, as readTimeline
/// @param durationMs  of the file
std::vector<WebVttCue> captionsOf(const Json& events, const Json& timeline, std::int64_t durationMs);

/// The chapters that begin in the file; one that began before it is its first, or one without a title. [] when there is
/// none.
std::vector<MediaChapter> chaptersOf(const Json& events, const Json& timeline, std::int64_t durationMs);

}  // namespace tessera
