#pragma once

#include <string>
#include <vector>

#include "api/store/records.h"

namespace tessera {

/// Which finished recordings are kept; 0 = without limit.
struct Retention {
    std::int64_t maximumAgeMs = 0;  ///< since they were finished
    std::int64_t maximumBytes = 0;  ///< of all together: the oldest go first
    bool isSet() const { return maximumAgeMs > 0 || maximumBytes > 0; }
};

struct RetiredRecording {
    RecordingId id;
    std::string reason;  ///< "age" or "size of all"
};

/// Those that are not to be kept. Pure.
/// @param finished  all of them, the oldest first
std::vector<RetiredRecording> beyond(const Retention& keep, const std::vector<RecordingRecord>& finished,
                                     std::int64_t nowMs);

}  // namespace tessera
