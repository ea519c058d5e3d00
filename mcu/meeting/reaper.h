#pragma once

#include <memory>

#include "mcu/base/task_queue.h"

namespace tessera {

/// Destroys what a tick or an encoder may still be using, later and elsewhere: after every reader has let go, on a
/// thread that may wait. Nothing big is ever released on a tick.
class Reaper {
public:
    /// Longer than any tick or fan-out takes.
    static constexpr Duration kGrace = std::chrono::milliseconds(250);

    Reaper() : queue_("reaper") {}

    /// Lets go of `object` after the grace. @thread any
    template <typename T>
    void retire(std::shared_ptr<T> object) {
        if (object) queue_.postDelayed(kGrace, [object = std::move(object)]() mutable { object.reset(); });
    }

    /// Destroys at once everything that waits. May be called twice.
    void stop() { queue_.stop(); }

private:
    TaskQueue queue_;
};

}  // namespace tessera
