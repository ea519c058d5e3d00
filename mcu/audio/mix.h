#pragma once

#include <algorithm>
#include <array>

#include "mcu/media/audio_block.h"

namespace tessera {

/// The mixer knows this much of the future, so that a limiter can lower the gain before a peak: 2 ms.
inline constexpr int kLookahead = 96;

/// One block and the beginning of the next: sample i is at the block's time plus i / 48000 s.
struct MixBuffer {
    static constexpr int kLength = kBlockSamples + kLookahead;
    alignas(64) std::array<std::array<float, kLength>, kAudioChannels> samples{};
};

/// sum += part
inline void add(MixBuffer& sum, const MixBuffer& part) {
    for (int channel = 0; channel < kAudioChannels; ++channel) {
        float* to = sum.samples[channel].data();
        const float* from = part.samples[channel].data();
        for (int i = 0; i < MixBuffer::kLength; ++i) to[i] += from[i];
    }
}

/// sum -= part: mix-minus, which leaves less of a part than -120 dB of the sum
inline void subtract(MixBuffer& sum, const MixBuffer& part) {
    for (int channel = 0; channel < kAudioChannels; ++channel) {
        float* to = sum.samples[channel].data();
        const float* from = part.samples[channel].data();
        for (int i = 0; i < MixBuffer::kLength; ++i) to[i] -= from[i];
    }
}

/// Moves on by one block: what was the beginning of the next block comes first; the rest is to be filled.
inline void advance(MixBuffer& buffer) {
    for (auto& channel : buffer.samples) std::copy(channel.begin() + kBlockSamples, channel.end(), channel.begin());
}

}  // namespace tessera
