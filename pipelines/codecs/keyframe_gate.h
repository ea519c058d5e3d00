#pragma once

#include <atomic>
#include <optional>

#include "mcu/base/time.h"

namespace tessera {

/// Turns any number of keyframe requests into at most one forced keyframe per second: the first is granted at once,
/// those within a second of the last forced keyframe are put off to the end of that second and become one. A keyframe
/// that comes anyway after a request answers it.
class KeyframeGate {
public:
    static constexpr Duration kInterval = std::chrono::seconds(1);

    /// @thread any
    void request() { requested_.store(true, std::memory_order_relaxed); }

    /// @param pts  of the picture that is encoded next
    /// @return     whether it shall be forced to be a keyframe
    /// @thread     the encoder's
    bool grant(MediaTime pts) {
        if (requested_.exchange(false, std::memory_order_relaxed)) waiting_ = true;
        if (!waiting_ || (lastForced_ && pts >= *lastForced_ && pts - *lastForced_ < kInterval)) return false;
        waiting_ = false;
        lastForced_ = pts;
        return true;
    }

    /// A keyframe was encoded: requests from before its picture was handed to the encoder are answered.
    /// @thread the encoder's
    void onKeyframe() { waiting_ = false; }

private:
    std::atomic<bool> requested_{false};
    bool waiting_ = false;
    std::optional<MediaTime> lastForced_;
};

}  // namespace tessera
