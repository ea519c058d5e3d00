#pragma once

#include <string>

#include "pipelines/render/recorded_meeting.h"

namespace tessera {

/// Reads what an isolated recording's folder says of its meeting: `manifest.json` and `score.jsonl`.
/// @error not_found: there is no manifest, or no score; conflict: it is no isolated recording; invalid_argument: one of
///        the two files is damaged
/// @thread any that may wait for the disk
Result<RecordedMeeting> readRecordedMeeting(const std::string& folder);

}  // namespace tessera
