#pragma once

#include <vector>

#include "mcu/meeting/meeting_score.h"
#include "mcu/meeting/roster.h"
#include "mcu/meeting/view_set.h"

namespace tessera {

/// What picture and sound are made of, from what control knows; `at` is left open. Pure.
/// @thread control
MeetingScore makeScore(const MeetingSettings& settings, const Roster& roster, const ViewSet& views);

/// Whether two make the same of the same media, whenever they begin.
bool isSameScore(const MeetingScore& a, const MeetingScore& b);

/// The sources that have spoken, the active speaker's first, as their meters say.
/// @thread control
std::vector<SourceId> speakerOrder(const Roster& roster);

}  // namespace tessera
