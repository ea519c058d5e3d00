#include "mcu/audio/limiter.h"

#include <algorithm>
#include <cmath>

namespace tessera {

void Limiter::process(const MixBuffer& mix, AudioBlock& block) {
    LookaheadGain<kLookahead>::Peaks peaks;
    float loudest = 0;
    for (int i = 0; i < MixBuffer::kLength; ++i) {
        peaks[i] = std::max(std::abs(mix.samples[0][i]), std::abs(mix.samples[1][i]));
        loudest = std::max(loudest, peaks[i]);
    }
    if (loudest <= kCeiling && isIdle()) {
        gain_.pass();
        for (int channel = 0; channel < kAudioChannels; ++channel) {
            std::copy_n(mix.samples[channel].begin(), kBlockSamples, block.samples[channel].begin());
        }
        return;
    }
    LookaheadGain<kLookahead>::Gains gains;
    gain_.compute(peaks, kCeiling, gains);
    for (int i = 0; i < kBlockSamples; ++i) {
        // The gain is never above what the sample needs; the bounds only take off its rounding.
        for (int channel = 0; channel < kAudioChannels; ++channel) {
            block.samples[channel][i] = std::clamp(mix.samples[channel][i] * gains[i], -kCeiling, kCeiling);
        }
    }
}

}  // namespace tessera
