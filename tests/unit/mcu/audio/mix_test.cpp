#include "mcu/audio/mix.h"

#include <boost/test/unit_test.hpp>
#include <random>

namespace tessera {
namespace {

MixBuffer randomBuffer(unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> loud(-4, 4);
    MixBuffer buffer;
    for (auto& channel : buffer.samples) {
        for (float& sample : channel) sample = loud(random);
    }
    buffer.samples[0][0] = 0;
    buffer.samples[1][1] = 1e-38F;
    return buffer;
}

template <typename Combine>
MixBuffer plainly(const MixBuffer& a, const MixBuffer& b, Combine combine) {
    MixBuffer result;
    for (std::size_t channel = 0; channel < kAudioChannels; ++channel) {
        for (std::size_t i = 0; i < MixBuffer::kLength; ++i) {
            result.samples[channel][i] = combine(a.samples[channel][i], b.samples[channel][i]);
        }
    }
    return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mix)

BOOST_AUTO_TEST_CASE(vector_sums_equal_plain_ones_sample_for_sample) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        const MixBuffer a = randomBuffer(2 * seed), b = randomBuffer(2 * seed + 1);
        MixBuffer sum = a, difference = a;
        add(sum, b);
        subtract(difference, b);
        BOOST_TEST((sum.samples == plainly(a, b, [](float x, float y) { return x + y; }).samples));
        BOOST_TEST((difference.samples == plainly(a, b, [](float x, float y) { return x - y; }).samples));
    }
}

/// A hundred voices summed, and one of them taken out again: what remains of it in its own mix.
BOOST_AUTO_TEST_CASE(a_mix_less_one_is_the_sum_of_the_others_to_minus_120_decibels) {
    MixBuffer all, others;
    for (unsigned i = 0; i < 100; ++i) {
        const MixBuffer voice = randomBuffer(i);
        add(all, voice);
        if (i != 42) add(others, voice);
    }
    subtract(all, randomBuffer(42));
    float largest = 0, loudest = 0;
    for (std::size_t i = 0; i < MixBuffer::kLength; ++i) {
        largest = std::max(largest, std::abs(all.samples[0][i] - others.samples[0][i]));
        loudest = std::max(loudest, std::abs(others.samples[0][i]));
    }
    BOOST_TEST(largest < loudest * 1e-6F);
}

BOOST_AUTO_TEST_CASE(what_was_ahead_comes_first_in_the_next_block) {
    const MixBuffer before = randomBuffer(7);
    MixBuffer after = before;
    advance(after);
    for (std::size_t channel = 0; channel < kAudioChannels; ++channel) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(kLookahead); ++i) {
            BOOST_REQUIRE(after.samples[channel][i] == before.samples[channel][i + kBlockSamples]);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
