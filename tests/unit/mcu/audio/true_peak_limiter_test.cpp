#include "mcu/audio/true_peak_limiter.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/support/signal.h"

namespace tessera {

namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

/// Limits one channel; what comes out begins where the input begins.
std::vector<float> limit(const std::vector<float>& input, TruePeakLimiter& limiter) {
    std::vector<float> output;
    AudioBlock next, out;
    for (std::size_t at = 0; at + kBlockSamples <= input.size(); at += kBlockSamples) {
        for (auto& channel : next.samples) {
            std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(at), kBlockSamples, channel.begin());
        }
        limiter.process(next, out);
        if (at > 0) output.insert(output.end(), out.samples[0].begin(), out.samples[0].end());
        ++next.index;
    }
    return output;
}

/// The highest peak by a detector of its own.
float truePeakOf(const std::vector<float>& samples) {
    TruePeakDetector detector;
    TruePeakDetector::Peaks peaks;
    AudioBlock block;
    float highest = 0;
    for (std::size_t at = 0; at + kBlockSamples <= samples.size(); at += kBlockSamples) {
        std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(at), kBlockSamples, block.samples[0].begin());
        highest = std::max(highest, detector.process(block, 0, peaks));
    }
    return highest;
}

std::vector<float> tone(double frequencyHz, double amplitude, double phase, std::size_t count) {
    std::vector<float> samples(count);
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = static_cast<float>(amplitude *
                                        std::sin(kTwoPi * frequencyHz * static_cast<double>(i) / kSampleRate + phase));
    }
    return samples;
}

const double kCeiling = std::pow(10.0, TruePeakLimiter::kCeilingDbtp / 20);

}  // namespace

BOOST_AUTO_TEST_SUITE(true_peak_limiter)

BOOST_AUTO_TEST_CASE(sound_below_the_ceiling_passes_unchanged_with_its_own_index) {
    TruePeakLimiter limiter;
    const auto input = tone(997, 0.85, 0, 48000);
    const auto output = limit(input, limiter);
    BOOST_TEST(output.size() == input.size() - kBlockSamples);
    BOOST_TEST(std::equal(output.begin(), output.end(), input.begin()));
    BOOST_TEST(limiter.isIdle());
    AudioBlock next, out;
    next.index = 7;
    limiter.process(next, out);
    next.index = 8;
    limiter.process(next, out);
    BOOST_TEST(out.index == 7);
}

BOOST_AUTO_TEST_CASE(peaks_between_samples_are_limited) {
    // The samples are at -3 dBFS: a limiter that looks at samples alone lets this pass at 0 dBTP.
    TruePeakLimiter limiter;
    const auto output = limit(tone(12000, 1, std::numbers::pi / 4, 48000), limiter);
    BOOST_TEST(truePeakOf(output) <= kCeiling);
    BOOST_TEST(goertzelAmplitude(std::span(output).subspan(24000), 12000) > 0.96 * kCeiling);
}

BOOST_AUTO_TEST_CASE(ceiling_is_never_exceeded) {
    std::mt19937 random(3);
    std::normal_distribution<float> noise(0, 2);
    std::vector<float> input(48000);
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = noise(random) * (i / 7000 % 2 == 0 ? 1.0F : 0.05F);
    input[20001] = 1000;
    TruePeakLimiter limiter;
    BOOST_TEST(truePeakOf(limit(input, limiter)) <= kCeiling);
    TruePeakLimiter other;
    BOOST_TEST(truePeakOf(limit(tone(60, 20, 0, 48000), other)) <= kCeiling);
}

BOOST_AUTO_TEST_CASE(loud_tone_is_turned_down_and_not_distorted) {
    TruePeakLimiter limiter;
    const auto output = limit(tone(1000, 4, 0, 96000), limiter);
    const auto steady = std::span(output).subspan(48000, 24000);
    BOOST_TEST(goertzelAmplitude(steady, 1000) > 0.95 * kCeiling);
    BOOST_TEST(signalToRestDb(steady, 1000) > 60.0);
}

BOOST_AUTO_TEST_CASE(gain_falls_before_a_peak_and_recovers_to_exactly_one) {
    auto input = tone(200, 0.5, 0, 5 * 48000);
    for (int i = 0; i < 240; ++i) input[4800 + i] *= 6;
    TruePeakLimiter limiter;
    const auto output = limit(input, limiter);
    BOOST_TEST(std::equal(output.begin(), output.begin() + 4800 - 490, input.begin()));
    for (int i = 4800 - 480; i < 4800; ++i) BOOST_TEST(std::abs(output[i]) <= std::abs(input[i]));
    BOOST_TEST(std::equal(output.begin() + 3 * 48000, output.end(), input.begin() + 3 * 48000));
    BOOST_TEST(limiter.isIdle());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
