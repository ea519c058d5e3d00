#pragma once

#include <string>

#include "api/events/event_log.h"
#include "api/services.h"

namespace tessera {

/// What is there now as the opening of a stream of events: `snapshot.begin`, an event for each live meeting and each of
/// its participants, sources and outputs whose type passes the filter (`meeting.snapshot`, `participant.snapshot`,
/// `source.snapshot`, `output.snapshot`; `data` is the object as the API shows it), and `snapshot.end`. Only the last
/// one carries an id for resuming. What happens meanwhile is told again by the events after `seq`.
/// @param seq  of the newest event before this call
/// @thread a request worker; waits for each meeting's control thread
std::string snapshotText(const Services& services, const EventFilter& filter, std::uint64_t seq);

}  // namespace tessera
