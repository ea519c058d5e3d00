#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace tessera {

/// A sine whose phase goes on from call to call: sample n is amplitude * sin(2 pi frequency n / rate).
class ToneGenerator {
public:
    explicit ToneGenerator(double frequencyHz, double amplitude = 0.5, double sampleRate = 48000)
        : amplitude_(amplitude), perSample_(2 * std::numbers::pi * frequencyHz / sampleRate) {}

    float next() { return static_cast<float>(amplitude_ * std::sin(perSample_ * static_cast<double>(index_++))); }

    /// @return `frames` of interleaved stereo, both channels alike
    std::vector<float> stereo(std::size_t frames) {
        std::vector<float> samples(2 * frames);
        for (std::size_t i = 0; i < frames; ++i) samples[2 * i] = samples[2 * i + 1] = next();
        return samples;
    }

private:
    double amplitude_, perSample_;
    std::int64_t index_ = 0;
};

/// Amplitude of one frequency in a signal, seen through a Hann window so that other tones leak little: a tone that is
/// 4 / duration away or more is suppressed by at least 60 dB, one 20 / duration away by 100 dB.
/// @source G. Goertzel, "An Algorithm for the Evaluation of Finite Trigonometric Series", Am. Math. Monthly 65, 1958
inline double goertzelAmplitude(std::span<const float> samples, double frequencyHz, double sampleRate = 48000) {
    const auto count = static_cast<double>(samples.size());
    const double omega = 2 * std::numbers::pi * frequencyHz / sampleRate;
    const double coefficient = 2 * std::cos(omega);
    double s1 = 0, s2 = 0, windowSum = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(i) + 0.5) / count);
        const double s0 = window * samples[i] + coefficient * s1 - s2;
        s2 = s1;
        s1 = s0;
        windowSum += window;
    }
    return 2 * std::sqrt(std::max(0.0, s1 * s1 + s2 * s2 - coefficient * s1 * s2)) / windowSum;
}

inline double toDecibels(double amplitude) {
    return 20 * std::log10(std::max(amplitude, 1e-12));
}

/// @return the largest difference between two neighbouring samples: a click stands out of a smooth signal
inline double largestStep(std::span<const float> samples) {
    double largest = 0;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(samples[i]) - samples[i - 1]));
    }
    return largest;
}

/// Largest step that a sine of this amplitude and frequency makes between two samples.
inline double toneStep(double frequencyHz, double amplitude, double sampleRate = 48000) {
    return 2 * amplitude * std::sin(std::numbers::pi * frequencyHz / sampleRate);
}

/// Fits a sine of about `frequencyHz` by least squares and compares: tone to everything else, in dB.
/// @param frequencyHz  exact: a wrong one counts as noise
inline double signalToRestDb(std::span<const float> samples, double frequencyHz, double sampleRate = 48000) {
    const double omega = 2 * std::numbers::pi * frequencyHz / sampleRate;
    double cc = 0, ss = 0, cs = 0, xc = 0, xs = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double c = std::cos(omega * static_cast<double>(i)), s = std::sin(omega * static_cast<double>(i));
        cc += c * c, ss += s * s, cs += c * s;
        xc += samples[i] * c, xs += samples[i] * s;
    }
    const double det = cc * ss - cs * cs;
    const double a = (xc * ss - xs * cs) / det, b = (xs * cc - xc * cs) / det;
    double tone = 0, rest = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double fit = a * std::cos(omega * static_cast<double>(i)) + b * std::sin(omega * static_cast<double>(i));
        tone += fit * fit;
        rest += (samples[i] - fit) * (samples[i] - fit);
    }
    return 10 * std::log10(tone / std::max(rest, 1e-30));
}

/// Frequency of a nearly pure tone: the turn of its phase between the two halves of the signal, so that a few ppm show.
/// @param nearHz  within 1 / duration of the truth
inline double measureFrequency(std::span<const float> samples, double nearHz, double sampleRate = 48000) {
    const auto half = samples.size() / 2;
    const double omega = 2 * std::numbers::pi * nearHz / sampleRate;
    const auto correlate = [&](std::size_t first) {
        std::complex<double> sum = 0;
        for (std::size_t i = 0; i < half; ++i) {
            const double x = std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(half);
            sum += std::sin(x) * std::sin(x) * samples[first + i] *
                   std::polar(1.0, -omega * static_cast<double>(first + i));
        }
        return sum;
    };
    const double turn = std::arg(correlate(half) / correlate(0));
    return nearHz + turn / (2 * std::numbers::pi) * sampleRate / static_cast<double>(half);
}

}  // namespace tessera
