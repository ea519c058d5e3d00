#pragma once

#include <atomic>

#include "mcu/base/time.h"

namespace tessera {

/// When a wait on a network must end: a deadline that is set anew for each step, and an end that is never taken back.
/// libavformat asks about every 100 ms while it waits (see `interruptCallback` in av_ptr.h).
/// @thread allow: the one that waits; endBy, isDue: any
class Interrupt {
public:
    explicit Interrupt(const Clock& clock) : clock_(clock) {}

    /// The next waits may take `time` together.
    void allow(Duration time) { deadline_ = ticks(clock_.now() + time); }
    /// No wait lasts beyond `end`, whatever is allowed; a later call can only move it forward in time.
    void endBy(MonotonicTime end) {
        auto before = end_.load();
        while (ticks(end) < before && !end_.compare_exchange_weak(before, ticks(end))) {
        }
    }
    bool isDue() const {
        const auto now = ticks(clock_.now());
        return now >= deadline_ || now >= end_;
    }
    /// Why it is due, if it is: because of `endBy`.
    bool hasEnded() const { return ticks(clock_.now()) >= end_; }

private:
    static constexpr std::int64_t kNever = INT64_MAX;
    static std::int64_t ticks(MonotonicTime time) { return time.time_since_epoch().count(); }

    // Borrowed
    const Clock& clock_;
    // State
    std::atomic<std::int64_t> deadline_{kNever}, end_{kNever};
};

}  // namespace tessera
