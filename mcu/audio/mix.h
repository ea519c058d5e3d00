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

namespace detail {

/// Samples that are added with one instruction: every x86-64 and ARM64 machine has it, and the compiler does not see by
/// itself, at the optimisation level that we build with, that two buffers are not one.
using Row = float __attribute__((vector_size(16), may_alias));
inline constexpr std::size_t kRow = sizeof(Row) / sizeof(float);
static_assert(MixBuffer::kLength % kRow == 0);

/// @param combine  of one row of `sum` and one of `part`
template <typename Combine>
void combineRows(MixBuffer& sum, const MixBuffer& part, Combine combine) {
    for (std::size_t channel = 0; channel < kAudioChannels; ++channel) {
        auto* to = reinterpret_cast<Row*>(sum.samples[channel].data());
        const auto* from = reinterpret_cast<const Row*>(part.samples[channel].data());
        for (std::size_t i = 0; i < MixBuffer::kLength / kRow; ++i) to[i] = combine(to[i], from[i]);
    }
}

}  // namespace detail

/// sum += part
inline void add(MixBuffer& sum, const MixBuffer& part) {
    detail::combineRows(sum, part, [](const auto& a, const auto& b) { return a + b; });
}

/// sum -= part: mix-minus, which leaves less of a part than -120 dB of the sum
inline void subtract(MixBuffer& sum, const MixBuffer& part) {
    detail::combineRows(sum, part, [](const auto& a, const auto& b) { return a - b; });
}

/// Moves on by one block: what was the beginning of the next block comes first; the rest is to be filled.
inline void advance(MixBuffer& buffer) {
    for (auto& channel : buffer.samples) std::copy(channel.begin() + kBlockSamples, channel.end(), channel.begin());
}

}  // namespace tessera
