#pragma once

#include "mcu/base/sync.h"
#include "mcu/media/sinks.h"

namespace tessera {

/// Keeps the first picture that it is offered, for one who waits.
class FirstPicture final : public FrameSink {
public:
    /// @thread video-tick
    void offer(FramePtr frame) override {
        Lock lock(mutex_);
        if (picture_ != nullptr) return;
        picture_ = std::move(frame);
        came_.notifyAll();
    }

    /// @return null at the timeout
    /// @thread any that may wait
    FramePtr wait(Duration timeout) {
        Lock lock(mutex_);
        came_.waitFor(mutex_, timeout, [this] { return picture_ != nullptr; });
        return picture_;
    }

private:
    Mutex mutex_;
    CondVar came_;
    FramePtr picture_ GUARDED_BY(mutex_);
};

}  // namespace tessera
