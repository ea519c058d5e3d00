#include "mcu/audio/true_peak.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace tessera {

namespace {

constexpr int kHalf = TruePeakDetector::kDelay;
constexpr int kPhases = 3;  // between two samples; with the samples themselves four times the rate
/// Attenuates by 60 dB and is flat to 20 kHz with this length.
constexpr double kKaiserBeta = 5.5;

/// Samples that are handled with one instruction.
using Row = float __attribute__((vector_size(16)));
constexpr int kRow = sizeof(Row) / sizeof(float);

struct Interpolator {
    std::array<std::array<Row, kPhases>, 2 * kHalf> taps{};  ///< by tap, each in all lanes
    float overshoot = 1;  ///< most that a peak can be above the highest sample, linear
};

/// Each phase sums to one, so that a constant stays constant.
Interpolator makeInterpolator() {
    Interpolator result;
    for (int phase = 0; phase < kPhases; ++phase) {
        double sum = 0, magnitude = 0;
        std::array<double, 2 * kHalf> exact{};
        for (int tap = 0; tap < 2 * kHalf; ++tap) {
            const double x = tap - (kHalf - 1) - (phase + 1) / 4.0;
            const double edge = x / kHalf;
            const double window = std::cyl_bessel_i(0, kKaiserBeta * std::sqrt(std::max(0.0, 1 - edge * edge)));
            exact[tap] = window * std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
            sum += exact[tap];
        }
        for (int tap = 0; tap < 2 * kHalf; ++tap) {
            result.taps[tap][phase] = Row{} + static_cast<float>(exact[tap] / sum);
            magnitude += std::abs(exact[tap] / sum);
        }
        result.overshoot = std::max(result.overshoot, static_cast<float>(magnitude));
    }
    return result;
}

const Interpolator kInterpolator = makeInterpolator();

Row load(const float* from) {
    Row row;
    std::memcpy(&row, from, sizeof row);
    return row;
}

Row magnitude(Row row) {
    return row > -row ? row : -row;
}

}  // namespace

/// Raises each interval's peak to that of these samples. Interval m begins at sample m + kHalf - 1.
void TruePeakDetector::interpolate(const Samples& samples, Intervals& peaks) {
    for (int m = 0; m < kIntervals; m += kRow) {
        Row quarter{}, half{}, threeQuarters{};  // by name, so that the compiler keeps them in registers
        for (int tap = 0; tap < kTaps; ++tap) {
            const Row row = load(&samples[m + tap]);
            const auto& [atQuarter, atHalf, atThreeQuarters] = kInterpolator.taps[tap];
            quarter += atQuarter * row;
            half += atHalf * row;
            threeQuarters += atThreeQuarters * row;
        }
        Row highest = load(&peaks[m]);
        const auto raise = [&highest](Row row) { highest = row > highest ? row : highest; };
        raise(magnitude(load(&samples[m + kHalf - 1])));
        raise(magnitude(quarter));
        raise(magnitude(half));
        raise(magnitude(threeQuarters));
        std::memcpy(&peaks[m], &highest, sizeof highest);
    }
}

float TruePeakDetector::process(const AudioBlock& block, float floor, Peaks& peaks) {
    float loudest = 0;
    for (int channel = 0; channel < kAudioChannels; ++channel) {
        auto& samples = samples_[channel];
        std::copy_n(samples.begin() + kBlockSamples, kPast, samples.begin());
        std::copy(block.samples[channel].begin(), block.samples[channel].end(), samples.begin() + kPast);
        for (const float sample : samples) loudest = std::max(loudest, std::abs(sample));
    }
    peaks.fill(0);
    if (loudest * kInterpolator.overshoot <= floor) return 0;
    Intervals intervals{};
    for (const auto& samples : samples_) interpolate(samples, intervals);
    float highest = 0;
    for (int i = 0; i < kBlockSamples; ++i) {
        peaks[i] = std::max(intervals[i], intervals[i + 1]);
        highest = std::max(highest, peaks[i]);
    }
    return highest;
}

}  // namespace tessera
