#pragma once

#include <array>
#include <cstdint>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/media/video_frame.h"

namespace tessera {

/// The last few pictures of one source; the mixer takes the newest that is not later than t. Newest wins: an older
/// picture that was never taken is dropped and counted. Holds at most kDepth pictures, so it cannot grow.
/// @thread offer: the source's media thread; take: video-tick
class FrameMailbox {
public:
    /// 16 pictures = 266 ms at 60 fps: more than any playout delay.
    static constexpr std::size_t kDepth = 16;

    /// Pictures must come with growing pts; one that does not replaces the rest (the sender started anew).
    void offer(FramePtr frame) EXCLUDES(mutex_);

    /// @return the newest picture with pts <= t, else null when there is none yet; the same again until a newer is due
    FramePtr take(MediaTime t) EXCLUDES(mutex_);

    /// @return the newest picture there is, whatever its time; null when there is none
    /// @thread any
    FramePtr newest() const EXCLUDES(mutex_);

    /// Forgets everything, as after the end of a stream.
    void clear() EXCLUDES(mutex_);

    std::uint64_t offered() const { return offered_.value(); }
    std::uint64_t dropped() const { return dropped_.value(); }

private:
    FramePtr popFront() REQUIRES(mutex_);

    mutable Mutex mutex_;
    std::array<FramePtr, kDepth> ring_ GUARDED_BY(mutex_);
    std::size_t first_ GUARDED_BY(mutex_) = 0;
    std::size_t count_ GUARDED_BY(mutex_) = 0;
    FramePtr current_ GUARDED_BY(mutex_);
    Counter offered_;
    Counter dropped_;
};

}  // namespace tessera
