#pragma once

#include <array>
#include <cstdint>

#include "mcu/base/time.h"

namespace tessera {

inline constexpr int kSampleRate = 48000;  ///< Hz, everywhere inside
inline constexpr int kBlockSamples = 480;  ///< per channel: 10 ms
inline constexpr int kAudioChannels = 2;

/// 10 ms of stereo sound, planar, full scale +-1.0. Block k covers [k*10 ms, (k+1)*10 ms) of the meeting.
struct AudioBlock {
    alignas(64) std::array<std::array<float, kBlockSamples>, kAudioChannels> samples{};
    std::int64_t index = 0;  ///< k

    MediaTime pts() const { return MediaTime(kAudioTickRate.tickTime(index)); }
};

/// Duration of a number of samples, rounded down to 1 ns.
constexpr Duration samplesToDuration(std::int64_t samples) {
    return Duration(samples * 1'000'000 / 48);
}
/// Number of samples that fit into a duration, rounded down (also below zero).
constexpr std::int64_t durationToSamples(Duration duration) {
    const auto scaled = duration.count() * 48;
    return scaled / 1'000'000 - (scaled % 1'000'000 < 0 ? 1 : 0);
}

}  // namespace tessera
