#pragma once

#include <string>

#include "mcu/base/result.h"
#include "mcu/meeting/meeting_stats.h"

#include "api/json.h"

namespace tessera {

// What happened in the meeting while it was recorded: `events.jsonl` in the recording's folder, an object per line, so
// that a crash loses the last line at most.

/// Appends one event: its meeting time, type, subject and detail. @thread any that may wait for the disk
Status appendToJournal(const std::string& folder, const MeetingEvent& event);

/// Every whole line, in order; [] when there is none. At most kMaximumJournalEvents, the first ones.
Json readJournal(const std::string& folder);

/// Where the times of one file and of the meeting meet, as `at_ms` (in the file) and `meeting_ms`, from which both run
/// on together: its begin, and where it went on after a pause. [] when nothing is known.
Json readTimeline(const std::string& folder, const std::string& file);

inline constexpr std::size_t kMaximumJournalEvents = 100'000;

}  // namespace tessera
