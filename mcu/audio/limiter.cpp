#include "mcu/audio/limiter.h"

#include <algorithm>
#include <cmath>

namespace tessera {

namespace {

constexpr int kWindow = kLookahead + 1;
constexpr float kReleasePerSample = 1 + 4.605F / kSampleRate;  // 40 dB per second

}  // namespace

void Limiter::process(const MixBuffer& mix, AudioBlock& block) {
    Gains peaks;
    float loudest = 0;
    for (int i = 0; i < MixBuffer::kLength; ++i) {
        peaks[i] = std::max(std::abs(mix.samples[0][i]), std::abs(mix.samples[1][i]));
        loudest = std::max(loudest, peaks[i]);
    }
    if (loudest <= kCeiling && isIdle()) {
        primed_ = true;
        for (int channel = 0; channel < kAudioChannels; ++channel) {
            std::copy_n(mix.samples[channel].begin(), kBlockSamples, block.samples[channel].begin());
        }
        return;
    }
    computeMinimum(peaks);
    double sum = 0;
    for (int i = 0; i < kLookahead; ++i) sum += gains_[i];
    for (int i = 0; i < kBlockSamples; ++i) {
        sum += gains_[i + kLookahead];
        const auto gain = static_cast<float>(sum / kWindow);
        sum -= gains_[i];
        // The average is never above what the sample needs; the bounds only take off its rounding.
        for (int channel = 0; channel < kAudioChannels; ++channel) {
            block.samples[channel][i] = std::clamp(mix.samples[channel][i] * gain, -kCeiling, kCeiling);
        }
    }
    std::copy(gains_.begin() + kBlockSamples, gains_.end(), gains_.begin());
}

/// Fills this block's gains: the smallest gain that a sample of the window [i, i + kLookahead] needs, released slowly.
/// @source M. van Herk, Pattern Recognition Letters 13(7), 1992: running minimum from two passes over windows
void Limiter::computeMinimum(const Gains& peaks) {
    Gains forward, backward;
    const auto needed = [&](int i) { return peaks[i] > kCeiling ? kCeiling / peaks[i] : 1.0F; };
    for (int i = 0; i < MixBuffer::kLength; ++i) {
        forward[i] = i % kWindow == 0 ? needed(i) : std::min(forward[i - 1], needed(i));
    }
    for (int i = MixBuffer::kLength - 1; i >= 0; --i) {
        const bool last = i % kWindow == kWindow - 1 || i == MixBuffer::kLength - 1;
        backward[i] = last ? needed(i) : std::min(backward[i + 1], needed(i));
    }
    if (!primed_) std::fill_n(gains_.begin(), kLookahead, backward[0]);
    primed_ = true;
    float gain = gains_[kLookahead - 1];
    for (int i = 0; i < kBlockSamples; ++i) {
        gain = std::min({gain * kReleasePerSample, 1.0F, backward[i], forward[i + kLookahead]});
        gains_[i + kLookahead] = gain;
        ones_ = gain == 1.0F ? ones_ + 1 : 0;
    }
    ones_ = std::min(ones_, kLookahead);
}

}  // namespace tessera
