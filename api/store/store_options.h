#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "mcu/base/time.h"

#include "api/store/recording_finish.h"
#include "api/store/records.h"
#include "api/store/retention.h"
#include "api/timestamp.h"

namespace tessera {

struct StoreOptions {
    std::string dir;  ///< `data.dir`; made when missing. The database is `tessera.db` in it
    MediaWork media;  ///< what is done for the files of a recording that has ended
    /// Hears of each recording that has become ready or failed. @thread the store's
    std::function<void(const RecordingRecord&)> onRecordingEnd{};
    /// Hears of each file of a recording in segments that is finished, the last one included. @thread the store's
    std::function<void(const RecordingRecord&, const RecordingFile&)> onSegment{};
    Retention retention{};  ///< looked at when a recording is finished, and every ten minutes
    /// Takes the folder's lock, which a second server is refused, and recovers. False: a short visit of the command
    /// line beside a running server.
    bool isOwner = true;
    Duration deadline = std::chrono::seconds(2);  ///< of every call
    std::function<std::int64_t()> nowMs = wallClockMs;
};

}  // namespace tessera
