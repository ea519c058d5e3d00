#pragma once

#include <vector>

#include "mcu/base/sync.h"
#include "mcu/media/sinks.h"

namespace tessera {

/// Keeps every packet and lets a test wait for their number.
class PacketCollector final : public PacketSink {
public:
    void offer(PacketPtr packet) override {
        Lock lock(mutex_);
        packets_.push_back(std::move(packet));
        wake_.notifyAll();
    }

    /// @return whether `count` packets came within a time that is only reached when something is broken
    bool waitFor(std::size_t count) {
        Lock lock(mutex_);
        return wake_.waitFor(mutex_, std::chrono::seconds(60), [&] { return packets_.size() >= count; });
    }

    std::vector<PacketPtr> packets() {
        Lock lock(mutex_);
        return packets_;
    }

private:
    Mutex mutex_;
    CondVar wake_;
    std::vector<PacketPtr> packets_ GUARDED_BY(mutex_);
};

}  // namespace tessera
