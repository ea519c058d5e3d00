#include "mcu/media/drift_loop.h"

#include <algorithm>
#include <cmath>

namespace tessera {

namespace {

constexpr double kSmoothing = 0.7;                               // s
constexpr double kProportional = 0.4;                            // 1/s
constexpr double kIntegral = kProportional * kProportional / 4;  // 1/s^2: critically damped
constexpr double kDeadZone = 0.5 / 48000;  // s: timestamps are rounded, and whole samples pass unchanged

}  // namespace

bool DriftLoop::isJump(double error) const {
    return std::abs(error) > kStep || error - smoothed_ > kGap;
}

void DriftLoop::update(double error, double duration) {
    if (std::abs(error) < kDeadZone) error = 0;
    duration = std::min(duration, kSmoothing);
    smoothed_ += (error - smoothed_) * (1 - std::exp(-duration / kSmoothing));
    const double wanted = drift_ + kProportional * smoothed_;
    // Beyond the limit the error is no measure of the drift.
    if (std::abs(wanted) < kMaximumSpeed) drift_ += kIntegral * smoothed_ * duration;
    speed_ = std::clamp(wanted, -kMaximumSpeed, kMaximumSpeed);
}

void DriftLoop::restart() {
    smoothed_ = 0;
    speed_ = drift_;
}

}  // namespace tessera
