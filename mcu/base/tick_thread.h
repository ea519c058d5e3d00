#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/base/ticker.h"

namespace tessera {

/// What a tick thread counts; readable by any thread.
struct TickStats {
    Counter ticks;     ///< run
    Counter skipped;   ///< never run, because the thread came more than one period late
    Counter late;      ///< run more than half a period after their deadline
    Histogram workUs;  ///< microseconds that one tick took
};

/// Calls a function once per tick of a timeline, on a thread of its own.
class TickThread {
public:
    /// @param name   of the thread, a string literal of at most 15 characters
    /// @param onTick called with the tick's index; must not throw or wait
    TickThread(const char* name, const Clock& clock, FrameRate rate, MonotonicTime origin,
               std::function<void(std::int64_t)> onTick);
    ~TickThread() { stop(); }

    /// Ends after the tick that runs now. May be called twice.
    void stop();

    const TickStats& stats() const { return stats_; }

private:
    void run();

    // Borrowed
    const Clock& clock_;
    // State
    FrameRate rate_;
    Ticker ticker_;
    std::function<void(std::int64_t)> onTick_;
    TickStats stats_;
    std::atomic<bool> stopping_{false};
    Thread thread_;
};

}  // namespace tessera
