#include "mcu/media/frame_mailbox.h"

#include <utility>

namespace tessera {

FramePtr FrameMailbox::popFront() {
    FramePtr front = std::move(ring_[first_]);
    first_ = (first_ + 1) % kDepth;
    --count_;
    return front;
}

void FrameMailbox::offer(FramePtr frame) {
    if (frame->size.width < kMinimumFrame.width || frame->size.height < kMinimumFrame.height) {
        dropped_.add();
        return;
    }
    offered_.add();
    FramePtr released;  // the last release of a picture happens outside the lock
    Lock lock(mutex_);
    const bool restarted = count_ > 0 && frame->pts < ring_[(first_ + count_ - 1) % kDepth]->pts;
    while (restarted && count_ > 0) {
        popFront();
        dropped_.add();
    }
    if (count_ == kDepth) {
        released = popFront();
        dropped_.add();
    }
    ring_[(first_ + count_) % kDepth] = std::move(frame);
    ++count_;
}

FramePtr FrameMailbox::take(MediaTime t) {
    FramePtr released;
    Lock lock(mutex_);
    bool fresh = false;
    while (count_ > 0 && ring_[first_]->pts <= t) {
        if (fresh) dropped_.add();
        fresh = true;
        released = std::exchange(current_, popFront());
    }
    return current_;
}

FramePtr FrameMailbox::newest() const {
    Lock lock(mutex_);
    return count_ > 0 ? ring_[(first_ + count_ - 1) % kDepth] : current_;
}

void FrameMailbox::clear() {
    Lock lock(mutex_);
    while (count_ > 0) popFront();
    current_.reset();
}

}  // namespace tessera
