#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mcu/meeting/output.h"

namespace tessera {

/// Something that an output did, as an event tells it.
struct OutputChange {
    std::string type;     ///< "output.live", "recording.paused", ...
    std::string subject;  ///< the output's id, or the recording's
    std::string detail;   ///< the output's kind
    std::vector<std::pair<std::string, std::string>> data;
};

/// Tells from what outputs say of themselves what has happened since it last looked: what comes and goes between two
/// looks is told as well as their counters allow.
///
/// Of every output: connecting, live, paused, retrying, failed, ended, each when it begins, and degraded when a live
/// one says that something is amiss. Of one that records, besides: recording.started, .paused, .resumed, and .stopped
/// once nothing is written any more (that its files are finished is told by who finishes them).
/// @thread control
class OutputWatch {
public:
    std::vector<OutputChange> added(const OutputInfo& output);
    std::vector<OutputChange> look(const OutputInfo& output);
    /// @param last  what it said at its end
    std::vector<OutputChange> removed(const OutputInfo& last);

private:
    struct Seen {
        OutputState state = OutputState::Connecting;
        std::uint64_t reconnects = 0;
        std::string lastError;
        bool hasEnded = false;
    };
    std::map<OutputId, Seen> seen_;
};

}  // namespace tessera
