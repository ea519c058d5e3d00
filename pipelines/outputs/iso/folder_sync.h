#pragma once

#include <optional>
#include <string>

#include "mcu/base/result.h"
#include "mcu/base/sync.h"
#include "mcu/base/time.h"

namespace tessera {

/// Brings everything that is written into a folder to the disk every two seconds, on a thread of its own: the disk's
/// pauses are not the writer's, however many files there are. What else is written to the same file system goes along.
/// Nothing but `stop` waits for the disk.
/// @thread any
class FolderSync {
public:
    static constexpr Duration kInterval = std::chrono::seconds(2);

    explicit FolderSync(std::string path);
    ~FolderSync() { stop(); }
    FolderSync(const FolderSync&) = delete;
    FolderSync& operator=(const FolderSync&) = delete;

    /// @error device: the last attempt failed
    Status status() const EXCLUDES(mutex_);
    /// Brings what is left to the disk. May be called twice.
    void stop() EXCLUDES(mutex_);

private:
    void run();
    void sync();

    const std::string path_;
    int folder_ = -1;  ///< the thread's, until it has ended
    // State
    mutable Mutex mutex_;
    CondVar wake_;
    bool isStopping_ GUARDED_BY(mutex_) = false;
    std::optional<Error> failure_ GUARDED_BY(mutex_);
    Thread thread_;
};

}  // namespace tessera
