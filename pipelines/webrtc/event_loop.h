#pragma once

#include <deque>
#include <functional>
#include <glib.h>
#include <memory>
#include <utility>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/base/time.h"

namespace tessera {

/// A timer of an event loop; destroying it stops it. Created, destroyed and fired on the loop's thread.
class LoopTimer {
public:
    LoopTimer() = default;
    explicit LoopTimer(GSource* source) : source_(source) {}
    ~LoopTimer() { stop(); }
    LoopTimer(LoopTimer&& other) noexcept : source_(std::exchange(other.source_, nullptr)) {}
    LoopTimer& operator=(LoopTimer&& other) noexcept {
        if (this != &other) {
            stop();
            source_ = std::exchange(other.source_, nullptr);
        }
        return *this;
    }

    void stop();
    bool isRunning() const { return source_ != nullptr; }

private:
    GSource* source_ = nullptr;
};

/// One GMainContext with one thread: tasks, timers and sockets of the peers that live on it. Nothing that runs on it
/// may wait.
class EventLoop {
public:
    using Task = std::function<void()>;
    /// Between two wake-ups for sockets, timers and tasks of other threads: below the 5 ms in which congestion control
    /// takes packets as one burst (draft-ietf-rmcat-gcc-02, section 5.2), above what single packets are apart.
    static constexpr Duration kLeastWake = std::chrono::milliseconds(2);

    /// @param name  of the thread, a string literal of at most 15 characters
    explicit EventLoop(const char* name);
    /// Tasks that have not begun are dropped.
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Appends a task; from the loop's own thread too it runs later, never inside the caller.
    /// @thread any
    void post(Task task) EXCLUDES(mutex_);

    /// Runs `task` and waits for it, at most `deadline`.
    /// @return false when the deadline passed; the task may still run later
    /// @thread any but the loop's own
    bool call(Duration deadline, Task task);

    /// Calls `onTimer` every `interval` until the timer is destroyed. @thread the loop's own
    LoopTimer every(Duration interval, Task onTimer);
    /// Calls `onTimer` once. The timer may be destroyed or replaced in it. @thread the loop's own
    LoopTimer after(Duration delay, Task onTimer);

    bool isCurrent() const { return thread_.isCurrent(); }
    GMainContext* context() const { return context_; }
    MonotonicTime now() const { return clock_.now(); }

private:
    struct TaskSource;
    void runTasks() EXCLUDES(mutex_);

    // Owned
    GMainContext* context_;
    GMainLoop* loop_;
    TaskSource* tasksReady_;
    // State
    SteadyClock clock_;
    Mutex mutex_;
    std::deque<Task> tasks_ GUARDED_BY(mutex_);
    Thread thread_;
};

/// The event loops that all peers of a process share.
class EventLoopPool {
public:
    /// @param count  1 to 16
    explicit EventLoopPool(int count);

    /// The loops in turn. @thread any
    EventLoop& next();

private:
    // Owned
    std::vector<std::unique_ptr<EventLoop>> loops_;
    // State
    Mutex mutex_;
    std::size_t next_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tessera
