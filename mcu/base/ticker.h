#pragma once

#include <cstdint>

#include "mcu/base/time.h"

namespace tessera {

/// Deadlines of the ticks of one timeline, each computed from its index. Late ticks are skipped whole and counted;
/// there is no burst to catch up. Owns no thread. Not thread-safe.
class Ticker {
public:
    /// @param origin  time of tick 0 on the monotonic clock
    Ticker(FrameRate rate, MonotonicTime origin) : rate_(rate), origin_(origin) {}

    /// @return when the next tick is due
    MonotonicTime deadline() const { return origin_ + rate_.tickTime(next_); }

    /// Takes the tick to run now. Call when `deadline()` has come.
    ///
    /// @param now  at or after `deadline()`
    /// @return     index of the tick to run: the newest that is due, so that everything older is skipped
    std::int64_t take(MonotonicTime now) {
        const auto due = rate_.tickAt(now - origin_);
        const auto tick = due > next_ ? due : next_;
        skipped_ += static_cast<std::uint64_t>(tick - next_);
        next_ = tick + 1;
        return tick;
    }

    /// Ticks that were never run because the thread came too late.
    std::uint64_t skipped() const { return skipped_; }

private:
    FrameRate rate_;
    MonotonicTime origin_;
    std::int64_t next_ = 0;
    std::uint64_t skipped_ = 0;
};

}  // namespace tessera
