#pragma once

#include <random>

#include "mcu/base/time.h"

namespace tessera {

/// How long to wait before the next attempt to connect.
struct BackOffPolicy {
    Duration first = std::chrono::seconds(1);
    Duration longest = std::chrono::seconds(30);
    /// A connection that held for this long was a good one: the next wait is `first` again. Above `longest`, so that a
    /// peer which takes a connection only to close it is not asked more and more often.
    Duration settled = std::chrono::seconds(35);
    double jitter =
        0.25;  ///< each wait is longer or shorter by up to this part, so that many outputs do not come at once
};

/// Waits that double from attempt to attempt. Knows no clock and does not wait.
class BackOff {
public:
    explicit BackOff(BackOffPolicy policy, std::uint32_t seed = std::random_device{}())
        : policy_(policy), random_(seed) {}

    /// The wait before the next attempt, after one whose connection held for `held` (0 = there was none).
    Duration next(Duration held) {
        if (held >= policy_.settled) nominal_ = Duration{};
        nominal_ = nominal_ == Duration{} ? policy_.first : std::min(2 * nominal_, policy_.longest);
        std::uniform_real_distribution<double> factor(1 - policy_.jitter, 1 + policy_.jitter);
        return std::chrono::duration_cast<Duration>(nominal_ * factor(random_));
    }

private:
    BackOffPolicy policy_;
    std::minstd_rand random_;
    Duration nominal_{};
};

}  // namespace tessera
