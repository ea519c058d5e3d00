#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "mcu/media/audio_block.h"
#include "mcu/media/audio_meter.h"

namespace tessera {

/// Mean square of both channels to dBov: 0 = a square wave at full scale, -3 = a sine at full scale.
/// @return kSilenceDbov to 0
/// @source RFC 6464 section 3; RFC 6465 appendix A (root mean square against the overload point)
inline float toDbov(float meanSquare) {
    if (!(meanSquare > 0)) return kSilenceDbov;
    return std::clamp(10 * std::log10(meanSquare), kSilenceDbov, 0.0F);
}

inline float meanSquare(const AudioBlock& block) {
    constexpr int kLanes = 8;  // independent sums: exact enough for any length, and quick
    std::array<float, kLanes> sums{};
    for (const auto& channel : block.samples) {
        for (int i = 0; i < kBlockSamples; i += kLanes) {
            for (int lane = 0; lane < kLanes; ++lane) sums[lane] += channel[i + lane] * channel[i + lane];
        }
    }
    float sum = 0;
    for (const float part : sums) sum += part;
    return sum / (kAudioChannels * kBlockSamples);
}

/// The level of one source, per block and as a person reads it. Not thread-safe.
class LevelMeter {
public:
    void update(const AudioBlock& block) {
        const float power = meanSquare(block);
        level_ = toDbov(power);
        average(power);
    }
    /// A block of which only the level is known. @param level  dBov
    void update(float level) {
        level_ = level;
        average(level > kSilenceDbov ? std::pow(10.0F, level / 10) : 0);
    }

    /// Of the newest block. @return dBov
    float level() const { return level_; }
    /// @return dBov
    float smoothed() const { return toDbov(average_); }

private:
    /// 1 - exp(-10 ms / 65 ms): 99 % of a new level after 300 ms. @source IEC 60268-17 (volume indicators)
    static constexpr float kPerBlock = 0.1426F;
    static constexpr float kNothing = 1e-13F;  ///< below -127 dBov

    void average(float power) {
        average_ += (power - average_) * kPerBlock;
        if (average_ < kNothing) average_ = 0;
    }

    float level_ = kSilenceDbov;
    float average_ = 0;
};

}  // namespace tessera
