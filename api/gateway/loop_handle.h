#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "mcu/base/sync.h"

namespace tessera {

/// The way back to the gateway's thread for those who may outlive it.
class LoopHandle {
public:
    explicit LoopHandle(boost::asio::io_context& loop) : loop_(&loop) {}

    /// Runs `task` on the gateway's thread; drops it once the gateway has stopped. @thread any
    template <typename Task>
    void post(Task task) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        if (loop_ != nullptr) boost::asio::post(*loop_, std::move(task));
    }
    void close() EXCLUDES(mutex_) {
        Lock lock(mutex_);
        loop_ = nullptr;
    }

private:
    Mutex mutex_;
    boost::asio::io_context* loop_ GUARDED_BY(mutex_);
};

}  // namespace tessera
