#pragma once

#include <memory>

#include "mcu/audio/gain_rider.h"
#include "mcu/audio/loudness.h"
#include "mcu/audio/true_peak_limiter.h"

namespace tessera {

/// Brings a programme to a loudness: a slow gain, then a true-peak limiter. Each block comes out with its own index one
/// block later, so that sound stays where it was on the timeline. Not thread-safe.
class LoudnessNormalizer {
public:
    /// @param meter  of its own; not null
    LoudnessNormalizer(std::shared_ptr<LoudnessMeter> meter, float targetLufs);

    /// @return the block of the last call, valid until the next one; null at the first
    const AudioBlock* process(const AudioBlock& block);

    float gainDb() const { return rider_.gainDb(); }

private:
    void ride(const AudioBlock& block);

    // Owned
    std::shared_ptr<LoudnessMeter> meter_;
    // State
    GainRider rider_;
    TruePeakLimiter limiter_;
    AudioBlock ridden_;
    AudioBlock out_;
    int blocks_ = 0;  ///< since the rider was asked
    float gain_;      ///< linear, at the end of the last block
    bool holds_ = false;
};

}  // namespace tessera
