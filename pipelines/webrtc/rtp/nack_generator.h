#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "mcu/base/time.h"

namespace tessera {

/// Decides which missing packets of one received video stream to ask for again, and when asking is hopeless. Works on
/// extended sequence numbers. Not thread-safe.
/// @source RFC 4585 section 6.2.1
class NackGenerator {
public:
    struct Settings {
        /// A packet that is only reordered gets this long before it is asked for; above 0, or every swap costs a NACK.
        Duration reorderAllowance = std::chrono::milliseconds(5);
        /// Between two requests for one packet: the round trip plus its tenth, but within these.
        Duration minInterval = std::chrono::milliseconds(20);
        Duration maxInterval = std::chrono::milliseconds(200);
        int maxRequests = 10;  ///< for one packet; then it is given up
        /// More missing than this at once is an outage, not loss: a keyframe costs less than all of them.
        std::size_t maxMissing = 256;
    };

    NackGenerator() = default;
    explicit NackGenerator(Settings settings) : settings_(settings) {}

    /// Every received packet, in order of arrival.
    void onPacket(std::int64_t sequence, MonotonicTime now);
    /// Forgets what is missing before this number: it has been given up, or a keyframe made it needless.
    void forgetBefore(std::int64_t sequence);

    /// What to ask for now. Ask once per call of this.
    struct Due {
        std::vector<std::uint16_t> sequences;  ///< ascending in extended order, at most maxMissing
        bool keyframeNeeded = false;           ///< something was given up since the last call
    };
    Due take(MonotonicTime now, Duration roundTrip);

    /// When `take` has something to do next. @param roundTrip  as for `take`
    std::optional<MonotonicTime> nextDeadline(Duration roundTrip) const;
    std::size_t missing() const { return missing_.size(); }

private:
    struct Missing {
        MonotonicTime since{};
        MonotonicTime requestedAt{};
        int requests = 0;
    };
    MonotonicTime dueAt(const Missing& missing, Duration roundTrip) const;

    Settings settings_;
    // State
    std::optional<std::int64_t> highest_;
    std::map<std::int64_t, Missing> missing_;
    bool gaveUp_ = false;
};

}  // namespace tessera
