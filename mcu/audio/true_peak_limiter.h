#pragma once

#include "mcu/audio/lookahead_gain.h"
#include "mcu/audio/true_peak.h"

namespace tessera {

/// Keeps sound under -1 dBTP (channels linked) without clipping, one block late: it looks 9.75 ms ahead. While nothing
/// is above, samples pass unchanged. Not thread-safe.
/// @source EBU R 128: maximum permitted true-peak level of -1 dBTP; ITU-R BS.1770-4 annex 2
class TruePeakLimiter {
public:
    static constexpr float kCeilingDbtp = -1;

    /// @param next  follows on from the block of the last call; silence comes before the first
    /// @param out   the block of the last call, limited; its index is that block's
    void process(const AudioBlock& next, AudioBlock& out);

    /// True while nothing is turned down.
    bool isIdle() const { return gain_.isIdle(); }

private:
    /// What is left of a block when the interpolator has taken its reach.
    static constexpr int kAhead = kBlockSamples - TruePeakDetector::kDelay;
    using Gain = LookaheadGain<kAhead>;

    AudioBlock held_;
    TruePeakDetector detector_;
    Gain gain_;
    Gain::Peaks peaks_{};  ///< of `held_` and what is known of the next
    int quietBlocks_ = 2;  ///< since a peak was above the ceiling
};

}  // namespace tessera
