#include "mcu/base/task_queue.h"

namespace tessera {

TaskQueue::TaskQueue(const char* name) : thread_(name, [this] { run(); }) {}

TaskQueue::~TaskQueue() {
    stop();
}

void TaskQueue::post(Task task) {
    tryPost(std::move(task));
}

bool TaskQueue::tryPost(Task task) {
    Lock lock(mutex_);
    if (stopping_) return false;
    tasks_.push_back(std::move(task));
    wake_.notifyOne();
    return true;
}

void TaskQueue::postDelayed(Duration delay, Task task) {
    Lock lock(mutex_);
    if (stopping_) return;
    delayed_.emplace(clock_.now() + delay, std::move(task));
    wake_.notifyOne();
}

void TaskQueue::stop() {
    {
        Lock lock(mutex_);
        stopping_ = true;
        wake_.notifyAll();
    }
    thread_.join();
    Lock lock(mutex_);
    tasks_.clear();
    delayed_.clear();
}

void TaskQueue::run() {
    for (;;) {
        Task task;
        {
            Lock lock(mutex_);
            const auto now = clock_.now();
            while (!delayed_.empty() && delayed_.begin()->first <= now) {
                tasks_.push_back(std::move(delayed_.begin()->second));
                delayed_.erase(delayed_.begin());
            }
            if (stopping_) return;
            if (tasks_.empty()) {
                const auto idle = delayed_.empty() ? Duration(std::chrono::hours(1)) : delayed_.begin()->first - now;
                const auto pending = delayed_.size();
                wake_.waitFor(mutex_, idle, [&] { return stopping_ || !tasks_.empty() || delayed_.size() != pending; });
                continue;
            }
            task = std::move(tasks_.front());
            tasks_.pop_front();
        }
        task();
    }
}

}  // namespace tessera
