#pragma once

#include "mcu/meeting/meeting_types.h"

#include "api/config.h"

namespace tessera {

/// What a new meeting is like where its creator says nothing: section [media] and the limits of the configuration.
MeetingSettings defaultMeetingSettings(const Config& config);

}  // namespace tessera
