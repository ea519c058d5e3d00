#include "api/worker_pool.h"

#include <algorithm>

namespace tessera {

WorkerPool::WorkerPool(const char* name, int threads, int capacity) : capacity_(capacity) {
    for (int i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>(name));
}

bool WorkerPool::post(TaskQueue::Task task) {
    if (stopped_.load()) return false;
    if (pending_.fetch_add(1) >= capacity_) {
        pending_.fetch_sub(1);
        return false;
    }
    const auto least = std::min_element(workers_.begin(), workers_.end(), [](const auto& a, const auto& b) {
        return a->pending.load() < b->pending.load();
    });
    Worker& worker = **least;
    worker.pending.fetch_add(1);
    worker.queue.post([this, &worker, task = std::move(task)] {
        task();
        worker.pending.fetch_sub(1);
        pending_.fetch_sub(1);
    });
    return true;
}

void WorkerPool::stop() {
    stopped_.store(true);
    for (const auto& worker : workers_) worker->queue.stop();
}

}  // namespace tessera
