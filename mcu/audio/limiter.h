#pragma once

#include <array>

#include "mcu/audio/mix.h"

namespace tessera {

/// Keeps one mix under -1 dBFS (sample peak, both channels together) without clipping: the gain falls to what a peak
/// needs along a straight line within the 2 ms before it, and recovers by 40 dB per second, so that a deep one does not
/// pump. Below the ceiling, with no peak before or after, samples pass unchanged. Adds no delay: the buffer holds the
/// look-ahead. Not thread-safe.
/// @source P. Hämäläinen, "Smoothing of the control signal without clipped output in digital peak limiters", DAFx-02:
///         minimum of the needed gain over the look-ahead, then a moving average of the same length
class Limiter {
public:
    static constexpr float kCeiling = 0.89125094F;  ///< -1 dBFS

    Limiter() { gains_.fill(1); }

    /// @param mix    follows on from the mix of the last call
    /// @param block  its samples are overwritten with the first kBlockSamples of `mix`, limited
    void process(const MixBuffer& mix, AudioBlock& block);

    /// True while nothing is turned down.
    bool isIdle() const { return ones_ >= kLookahead; }

private:
    using Gains = std::array<float, MixBuffer::kLength>;

    void computeMinimum(const Gains& peaks);

    Gains gains_{};          ///< kLookahead gains of the last block, then this block's: the minimum, with release
    int ones_ = kLookahead;  ///< how many of the newest gains are one
    bool primed_ = false;
};

}  // namespace tessera
