#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "mcu/base/task_queue.h"

namespace tessera {

/// A few task queues that share work: a task goes to the queue with the fewest waiting.
class WorkerPool {
public:
    /// @param name      of the threads, a string literal of at most 15 characters
    /// @param capacity  tasks that may wait or run at once
    WorkerPool(const char* name, int threads, int capacity);
    ~WorkerPool() { stop(); }

    /// @return false when `capacity` tasks are waiting or running, or after stop: the task was not taken
    /// @thread any
    bool post(TaskQueue::Task task);

    /// Drops what has not begun and joins the threads. May be called twice; not from a task.
    void stop();

private:
    struct Worker {
        explicit Worker(const char* name) : queue(name) {}
        std::atomic<int> pending{0};
        TaskQueue queue;
    };

    // State
    int capacity_;
    std::atomic<int> pending_{0};
    std::atomic<bool> stopped_{false};
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace tessera
