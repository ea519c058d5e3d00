#include "mcu/audio/limiter.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/support/signal.h"

namespace tessera {

namespace {

/// Limits one channel of sound, fed as the mixer does: each buffer begins with the look-ahead of the one before.
std::vector<float> limit(const std::vector<float>& input, Limiter& limiter) {
    std::vector<float> output;
    MixBuffer mix;
    AudioBlock block;
    for (std::size_t at = 0; at + MixBuffer::kLength <= input.size(); at += kBlockSamples) {
        for (auto& channel : mix.samples)
            std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(at), MixBuffer::kLength, channel.begin());
        limiter.process(mix, block);
        output.insert(output.end(), block.samples[0].begin(), block.samples[0].end());
    }
    return output;
}

std::vector<float> tone(double frequencyHz, double amplitude, std::size_t count) {
    ToneGenerator generator(frequencyHz, amplitude);
    std::vector<float> samples(count);
    for (float& sample : samples) sample = generator.next();
    return samples;
}

float loudest(const std::vector<float>& samples) {
    float peak = 0;
    for (const float sample : samples) peak = std::max(peak, std::abs(sample));
    return peak;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(limiter)

BOOST_AUTO_TEST_CASE(sound_below_the_ceiling_passes_unchanged) {
    const auto input = tone(997, 0.89, 48000);
    Limiter limiter;
    const auto output = limit(input, limiter);
    BOOST_TEST(std::equal(output.begin(), output.end(), input.begin()));
    BOOST_TEST(limiter.isIdle());
}

BOOST_AUTO_TEST_CASE(ceiling_is_never_exceeded) {
    std::mt19937 random(3);
    std::normal_distribution<float> noise(0, 2);
    std::vector<float> input(48000);
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = noise(random) * (i / 7000 % 2 == 0 ? 1.0F : 0.05F);
    input[20001] = 1000;
    Limiter limiter;
    BOOST_TEST(loudest(limit(input, limiter)) <= Limiter::kCeiling);
    Limiter other;
    BOOST_TEST(loudest(limit(tone(60, 20, 48000), other)) <= Limiter::kCeiling);
}

BOOST_AUTO_TEST_CASE(loud_tone_is_turned_down_and_not_distorted) {
    Limiter limiter;
    const auto output = limit(tone(1000, 4, 96000), limiter);
    const std::span<const float> steady = std::span(output).subspan(48000, 24000);
    BOOST_TEST(goertzelAmplitude(steady, 1000) > 0.8 * Limiter::kCeiling);
    // Hard clipping at the same ceiling would leave a third harmonic at -11 dB.
    BOOST_TEST(toDecibels(goertzelAmplitude(steady, 3000) / goertzelAmplitude(steady, 1000)) < -60.0);
    BOOST_TEST(signalToRestDb(steady, 1000) > 50.0);
}

BOOST_AUTO_TEST_CASE(gain_falls_before_a_peak_and_recovers_to_exactly_one) {
    auto input = tone(200, 0.5, 5 * 48000);
    for (int i = 0; i < 240; ++i) input[4800 + i] *= 6;
    Limiter limiter;
    const auto output = limit(input, limiter);
    BOOST_TEST(std::equal(output.begin(), output.begin() + 4800 - kLookahead, input.begin()));
    BOOST_TEST(loudest(output) <= Limiter::kCeiling);
    for (int i = 4800 - kLookahead; i < 4800; ++i) BOOST_TEST(std::abs(output[i]) <= std::abs(input[i]));
    const double recovered = output[4800 + 240 + 9600 + 60] / input[4800 + 240 + 9600 + 60];
    BOOST_TEST(recovered > 0.7);
    BOOST_TEST(std::equal(output.begin() + 3 * 48000, output.end(), input.begin() + 3 * 48000));
    BOOST_TEST(limiter.isIdle());
}

BOOST_AUTO_TEST_CASE(first_block_of_a_loud_mix_is_limited_without_clipping) {
    Limiter limiter;
    const auto output = limit(tone(1000, 4, 9600), limiter);
    BOOST_TEST(loudest(output) <= Limiter::kCeiling);
    BOOST_TEST(signalToRestDb(std::span(output).first(4800), 1000) > 30.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
