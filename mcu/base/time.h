#pragma once

#include <chrono>
#include <cstdint>

namespace tessera {

using Duration = std::chrono::nanoseconds;

/// Frame of reference of MonotonicTime: the machine's monotonic clock (CLOCK_MONOTONIC), shared by the whole process
/// and by every GStreamer pipeline.
struct MonotonicReference {};
using MonotonicTime = std::chrono::time_point<MonotonicReference, Duration>;

/// Frame of reference of MediaTime: nanoseconds since the meeting's epoch. Every pts and dts of a meeting is one.
struct MeetingReference {};
using MediaTime = std::chrono::time_point<MeetingReference, Duration>;

constexpr double toSeconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}
constexpr std::int64_t toMilliseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

inline constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

/// Ticks per second as a fraction, 30000/1001 included.
struct FrameRate {
    std::int32_t num = 30;
    std::int32_t den = 1;

    /// Time of tick n after the origin: n*den/num seconds, computed (never accumulated), rounded down to 1 ns.
    constexpr Duration tickTime(std::int64_t n) const {
        const std::int64_t scaled = n * den;  // whole seconds and the rest apart, so that nothing overflows
        return Duration(scaled / num * kNanosecondsPerSecond + scaled % num * kNanosecondsPerSecond / num);
    }
    /// Index of the last tick at or before `elapsed`, which is not negative.
    constexpr std::int64_t tickAt(Duration elapsed) const {
        const std::int64_t scaled = elapsed.count() / kNanosecondsPerSecond * num;
        const std::int64_t rest = scaled % den * kNanosecondsPerSecond + elapsed.count() % kNanosecondsPerSecond * num;
        std::int64_t n = scaled / den + rest / (den * kNanosecondsPerSecond);
        while (tickTime(n + 1) <= elapsed) ++n;
        return n;
    }
    constexpr Duration period() const { return tickTime(1); }
    constexpr double toDouble() const { return static_cast<double>(num) / den; }
    auto operator<=>(const FrameRate&) const = default;
};

/// 10 ms: the audio tick.
inline constexpr FrameRate kAudioTickRate{100, 1};

/// The only way to ask what time it is; tests inject a ManualClock.
class Clock {
public:
    virtual ~Clock() = default;
    /// @thread any
    virtual MonotonicTime now() const = 0;
    /// Blocks the calling thread until `deadline`; returns at once when it has passed.
    virtual void sleepUntil(MonotonicTime deadline) const = 0;
};

/// CLOCK_MONOTONIC.
class SteadyClock final : public Clock {
public:
    MonotonicTime now() const override;
    void sleepUntil(MonotonicTime deadline) const override;
};

/// A clock that stands still until a test moves it. Not thread-safe.
class ManualClock final : public Clock {
public:
    MonotonicTime now() const override { return now_; }
    void sleepUntil(MonotonicTime deadline) const override { now_ = deadline > now_ ? deadline : now_; }
    void advance(Duration by) { now_ += by; }

private:
    mutable MonotonicTime now_{};
};

/// The one time axis of a meeting: its epoch on the monotonic clock.
class Timeline {
public:
    Timeline(const Clock& clock, MonotonicTime epoch) : clock_(&clock), epoch_(epoch) {}

    MediaTime now() const { return toMedia(clock_->now()); }
    MediaTime toMedia(MonotonicTime time) const { return MediaTime(time - epoch_); }
    MonotonicTime toMonotonic(MediaTime time) const { return epoch_ + time.time_since_epoch(); }
    MonotonicTime epoch() const { return epoch_; }
    const Clock& clock() const { return *clock_; }

private:
    // Borrowed
    const Clock* clock_;
    // State
    MonotonicTime epoch_;
};

}  // namespace tessera
