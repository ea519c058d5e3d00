#pragma once

#include "mcu/audio/lookahead_gain.h"
#include "mcu/audio/mix.h"

namespace tessera {

/// Keeps one mix under -1 dBFS (sample peak, both channels together) without clipping. Below the ceiling, with no peak
/// before or within 2 ms after, samples pass unchanged. Adds no delay: the buffer holds the look-ahead. Not
/// thread-safe.
class Limiter {
public:
    static constexpr float kCeiling = 0.89125094F;  ///< -1 dBFS

    /// @param mix    follows on from the mix of the last call
    /// @param block  its samples are overwritten with the first kBlockSamples of `mix`, limited
    void process(const MixBuffer& mix, AudioBlock& block);

    /// True while nothing is turned down.
    bool isIdle() const { return gain_.isIdle(); }

private:
    LookaheadGain<kLookahead> gain_;
};

}  // namespace tessera
