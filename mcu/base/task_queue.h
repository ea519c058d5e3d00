#pragma once

#include <deque>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <utility>

#include "mcu/base/result.h"
#include "mcu/base/sync.h"
#include "mcu/base/time.h"

namespace tessera {

/// Runs tasks one after another on a thread of its own: the owner thread of an object's mutable state.
class TaskQueue {
public:
    using Task = std::function<void()>;

    /// @param name  of the thread, at most 15 characters; a string literal
    explicit TaskQueue(const char* name);
    ~TaskQueue();

    /// Appends a task; dropped when the queue has been stopped.
    /// @thread any
    void post(Task task) EXCLUDES(mutex_);

    /// Appends a task that becomes due after `delay` of real time.
    /// @thread any
    void postDelayed(Duration delay, Task task) EXCLUDES(mutex_);

    /// Runs `function` on the queue and waits for what it returns, at most `deadline`.
    /// @return     what `function` returned
    /// @error      timeout: the deadline passed (the function may still run later); conflict: the queue is stopped
    /// @thread     any but the queue's own
    template <typename Function>
    auto call(Duration deadline, Function function) -> decltype(function()) {
        using R = decltype(function());
        TESSERA_CHECK(!isCurrent());
        auto promise = std::make_shared<std::promise<R>>();
        auto future = promise->get_future();
        if (!tryPost([promise, function = std::move(function)]() mutable { promise->set_value(function()); })) {
            return conflict("it has been stopped");
        }
        if (future.wait_for(deadline) != std::future_status::ready) {
            return Error{ErrorCode::Timeout, "the control thread did not answer in time", {}};
        }
        try {
            return future.get();
        } catch (const std::future_error&) {
            return conflict("it has been stopped");
        }
    }

    /// Drops the tasks that have not begun and joins the thread. May be called twice; not from the queue itself.
    void stop() EXCLUDES(mutex_);

    bool isCurrent() const { return thread_.isCurrent(); }

private:
    bool tryPost(Task task) EXCLUDES(mutex_);
    void run();

    // State
    Mutex mutex_;
    CondVar wake_;
    std::deque<Task> tasks_ GUARDED_BY(mutex_);
    std::multimap<MonotonicTime, Task> delayed_ GUARDED_BY(mutex_);
    bool stopping_ GUARDED_BY(mutex_) = false;
    SteadyClock clock_;
    Thread thread_;
};

}  // namespace tessera
