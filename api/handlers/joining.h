#pragma once

#include "mcu/meeting/meeting.h"

namespace tessera::handlers {

/// Lets a peer into a meeting and waits for what it is answered.
/// @error as Meeting::join; timeout: it took too long
/// @thread http
Result<JoinReply> joinAndWait(Meeting& meeting, JoinSpec spec);

}  // namespace tessera::handlers
