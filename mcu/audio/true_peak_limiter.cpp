#include "mcu/audio/true_peak_limiter.h"

#include <algorithm>
#include <cmath>

namespace tessera {

namespace {

/// -1.3 dBTP. Meters that follow the recommendation interpolate differently: libebur128 reads full-band noise 0.2 dB
/// higher than this detector, so that 0.3 dB keep it under -1 dBTP there as well. @source loudness_normalizer_test
constexpr float kCeiling = 0.8609938F;

}  // namespace

void TruePeakLimiter::process(const AudioBlock& next, AudioBlock& out) {
    TruePeakDetector::Peaks fresh;
    const bool isQuiet = detector_.process(next, kCeiling, fresh) <= kCeiling;
    quietBlocks_ = isQuiet ? std::min(quietBlocks_ + 1, 2) : 0;
    std::copy(peaks_.begin() + kBlockSamples, peaks_.end(), peaks_.begin());
    std::copy(fresh.begin(), fresh.end(), peaks_.begin() + kAhead);
    out = held_;
    held_ = next;
    if (quietBlocks_ == 2 && isIdle()) return gain_.pass();
    Gain::Gains gains;
    gain_.compute(peaks_, kCeiling, gains);
    for (auto& channel : out.samples) {
        for (int i = 0; i < kBlockSamples; ++i) channel[i] *= gains[i];
    }
}

}  // namespace tessera
