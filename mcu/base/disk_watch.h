#pragma once

#include <atomic>
#include <utility>

#include "mcu/base/time.h"

namespace tessera {

/// Lets others see that a thread waits for a disk, which may take for ever.
/// @thread begin: one at a time; everything else: any
class DiskWatch {
public:
    /// A disk that has not answered for so long is said not to answer. Above what a loaded disk takes to synchronise,
    /// below the ten seconds within which it is to be told.
    static constexpr Duration kNoAnswer = std::chrono::seconds(5);

    /// As long as it lives, the thread may wait for the disk.
    class Operation {
    public:
        explicit Operation(DiskWatch& watch) : watch_(watch) { watch_.since_ = watch_.clock_.now().time_since_epoch(); }
        ~Operation() { watch_.since_ = Duration{}; }
        Operation(const Operation&) = delete;
        Operation& operator=(const Operation&) = delete;

    private:
        DiskWatch& watch_;
    };

    /// How long the operation takes already; 0 without one.
    Duration waiting() const {
        const Duration since = since_;
        return since == Duration{} ? Duration{} : clock_.now().time_since_epoch() - since;
    }
    bool isHung() const { return waiting() >= kNoAnswer; }

private:
    SteadyClock clock_;
    std::atomic<Duration> since_{Duration{}};
};

}  // namespace tessera
