#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "mcu/base/result.h"
#include "mcu/base/sync.h"
#include "mcu/base/time.h"

namespace tessera {

class Meeting;

/// Pictures of meetings as files, for a moment: of many who poll the same picture the first has it encoded.
/// @thread any
class SnapshotCache {
public:
    /// How old what is given may be: far below what anybody sees, far above the time between requests of a crowd.
    static constexpr Duration kLife = std::chrono::milliseconds(200);
    using File = std::shared_ptr<const std::string>;

    explicit SnapshotCache(const Clock& clock) : clock_(clock) {}

    /// @param what  tells the meeting's pictures, formats and sizes apart
    /// @param make  encodes it, on this thread; others who want the same wait for that
    /// @error those of `make`, which nobody else gets
    Result<File> get(const std::shared_ptr<Meeting>& meeting, const std::string& what,
                     const std::function<Result<File>()>& make) EXCLUDES(mutex_);

private:
    struct Entry {
        std::weak_ptr<Meeting> meeting;
        Mutex mutex;
        MonotonicTime madeAt GUARDED_BY(mutex){};
        File file GUARDED_BY(mutex);
    };
    using Key = std::pair<const Meeting*, std::string>;

    std::shared_ptr<Entry> entryOf(const std::shared_ptr<Meeting>& meeting, const std::string& what) EXCLUDES(mutex_);

    // Borrowed
    const Clock& clock_;
    // State
    Mutex mutex_;
    std::map<Key, std::pair<MonotonicTime, std::shared_ptr<Entry>>> entries_ GUARDED_BY(mutex_);  ///< and last use
};

}  // namespace tessera
