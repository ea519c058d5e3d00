#pragma once

#include <memory>
#include <utility>

#include "mcu/base/sync.h"

namespace tessera {

/// One writer publishes immutable values, any thread reads the newest. A reader keeps what it loaded alive.
/// @thread publish: the owner; load: any. Both hold a lock for the copy of one pointer only.
template <typename T>
class Snapshot {
public:
    Snapshot() : value_(std::make_shared<const T>()) {}
    explicit Snapshot(std::shared_ptr<const T> value) : value_(std::move(value)) {}

    /// @return the value that was replaced, so that its last release happens on the writer's thread
    std::shared_ptr<const T> publish(std::shared_ptr<const T> value) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        std::swap(value_, value);
        return value;
    }
    std::shared_ptr<const T> load() const EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return value_;
    }

private:
    mutable Mutex mutex_;
    std::shared_ptr<const T> value_ GUARDED_BY(mutex_);
};

}  // namespace tessera
