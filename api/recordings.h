#pragma once

#include "mcu/meeting/meeting.h"

#include "api/store/store.h"

namespace tessera {

/// Ties the recording outputs of meetings to the store: a recording is registered before its first byte is written and
/// finished when its output is gone, whatever the reason.
/// @thread any; every call may wait as long as Meeting and Store do
class Recordings {
public:
    explicit Recordings(Store& store) : store_(store) {}

    /// @error those of Meeting::addRecording and of the store; nothing is left registered then
    Result<OutputInfo> start(Meeting& meeting, const OutputSpec& spec);

    /// Removes the output and finishes its recording.
    Result<OutputInfo> stop(Meeting& meeting, const OutputId& output);

    /// Stops every output of the meeting; failures are logged.
    void stopAll(Meeting& meeting);

    /// Stops those outputs that have ended on their own.
    void stopEnded(Meeting& meeting);

private:
    // Borrowed
    Store& store_;
};

}  // namespace tessera
