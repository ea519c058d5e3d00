#pragma once

#include <algorithm>
#include <array>

#include "mcu/media/audio_block.h"

namespace tessera {

/// The gain of a peak limiter that knows `kAhead` samples of the future: it falls to what a peak needs along a straight
/// line within the look-ahead before it, and recovers by 40 dB per second, so that a deep one does not pump. Not
/// thread-safe.
/// @source P. Hämäläinen, "Smoothing of the control signal without clipped output in digital peak limiters", DAFx-02:
///         minimum of the needed gain over the look-ahead, then a moving average of the same length
template <int kAhead>
class LookaheadGain {
public:
    static constexpr int kLength = kBlockSamples + kAhead;
    using Peaks = std::array<float, kLength>;
    using Gains = std::array<float, kBlockSamples>;

    LookaheadGain() { gains_.fill(1); }

    /// True while nothing is turned down.
    bool isIdle() const { return ones_ >= kAhead; }

    /// Instead of `compute`, for a block at which it is idle and no peak is above the ceiling.
    void pass() { primed_ = true; }

    /// @param peaks  of one block and the beginning of the next; follow on from those of the last call
    /// @param gains  of the block: never above what a sample needs, but for rounding
    void compute(const Peaks& peaks, float ceiling, Gains& gains) {
        computeMinimum(peaks, ceiling);
        double sum = 0;
        for (int i = 0; i < kAhead; ++i) sum += gains_[i];
        for (int i = 0; i < kBlockSamples; ++i) {
            sum += gains_[i + kAhead];
            gains[i] = static_cast<float>(sum / kWindow);
            sum -= gains_[i];
        }
        std::copy(gains_.begin() + kBlockSamples, gains_.end(), gains_.begin());
    }

private:
    static constexpr int kWindow = kAhead + 1;
    static constexpr float kReleasePerSample = 1 + 4.605F / kSampleRate;  // 40 dB per second

    /// Fills this block's gains: the smallest gain that a sample of the window [i, i + kAhead] needs, released slowly.
    /// @source M. van Herk, Pattern Recognition Letters 13(7), 1992: running minimum from two passes over windows
    void computeMinimum(const Peaks& peaks, float ceiling) {
        Peaks forward, backward;
        const auto needed = [&](int i) { return peaks[i] > ceiling ? ceiling / peaks[i] : 1.0F; };
        for (int i = 0; i < kLength; ++i) {
            forward[i] = i % kWindow == 0 ? needed(i) : std::min(forward[i - 1], needed(i));
        }
        for (int i = kLength - 1; i >= 0; --i) {
            const bool last = i % kWindow == kWindow - 1 || i == kLength - 1;
            backward[i] = last ? needed(i) : std::min(backward[i + 1], needed(i));
        }
        if (!primed_) std::fill_n(gains_.begin(), kAhead, backward[0]);
        primed_ = true;
        float gain = gains_[kAhead - 1];
        for (int i = 0; i < kBlockSamples; ++i) {
            gain = std::min({gain * kReleasePerSample, 1.0F, backward[i], forward[i + kAhead]});
            gains_[i + kAhead] = gain;
            ones_ = gain == 1.0F ? ones_ + 1 : 0;
        }
        ones_ = std::min(ones_, kAhead);
    }

    Peaks gains_{};      ///< kAhead gains of the last block, then this block's: the minimum, with release
    int ones_ = kAhead;  ///< how many of the newest gains are one
    bool primed_ = false;
};

}  // namespace tessera
