#pragma once

#include "mcu/meeting/meeting.h"

#include "api/store/store.h"

namespace tessera {

/// Starts and stops the outputs of meetings and prepares where they write. A recording is registered in the store
/// before its first byte is written and finished when its output is gone, whatever the reason.
/// @thread any; every call may wait as long as Meeting and Store do
class Outputs {
public:
    /// @param minimumFree  bytes of the disk, below which recordings end
    Outputs(Store& store, std::uint64_t minimumFree) : store_(store), minimumFree_(minimumFree) {}

    /// @param spec  its parameters need not be completed
    /// @error invalid_argument: the kind or a parameter; those of Meeting::addOutput and of the store; nothing is left
    ///        registered then
    Result<OutputInfo> start(Meeting& meeting, OutputSpec spec);

    /// Removes the output and finishes what it recorded.
    Result<OutputInfo> stop(Meeting& meeting, const OutputId& output);

    /// Stops every output of the meeting; failures are logged.
    void stopAll(Meeting& meeting);

    /// Stops those recordings that have ended on their own. Other outputs stay, so that it is seen why they ended.
    void stopEnded(Meeting& meeting);

private:
    Result<OutputInfo> startRecording(Meeting& meeting, const OutputSpec& spec, bool takesSources);
    void noteWhoIsThere(Meeting& meeting, const RecordingId& recording);

    // Borrowed
    Store& store_;
    // State
    const std::uint64_t minimumFree_;
};

}  // namespace tessera
