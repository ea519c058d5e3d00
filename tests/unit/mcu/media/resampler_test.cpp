#include "mcu/media/resampler.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/signal.h"

namespace tessera {

namespace {

/// One channel of a tone that went through the resampler in writes of 20 ms.
std::vector<float> resampleTone(double frequencyHz, double step, int writes) {
    Resampler resampler;
    ToneGenerator tone(frequencyHz);
    std::vector<float> output;
    for (int i = 0; i < writes; ++i) {
        resampler.push(tone.stereo(960).data(), 960);
        resampler.pull(step, output);
    }
    std::vector<float> left;
    for (std::size_t i = 2 * Resampler::kTaps; i < output.size(); i += 2) left.push_back(output[i]);
    return left;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resampler)

BOOST_AUTO_TEST_CASE(ratio_one_passes_samples_unchanged_and_without_delay) {
    Resampler resampler;
    const auto input = ToneGenerator(997).stereo(960);
    std::vector<float> output;
    resampler.push(input.data(), 960);
    BOOST_TEST(resampler.pull(1.0, output) == 960U);
    BOOST_TEST(output == input);
    BOOST_TEST(resampler.pending() == 0.0);
}

BOOST_AUTO_TEST_CASE(tone_is_clean_by_eighty_decibels) {
    for (const double frequency : {50.0, 440.0, 997.0, 4000.0, 10000.0, 15000.0, 20000.0}) {
        for (const double step : {0.995, 0.9998, 1.00003, 1.002, 1.005}) {
            const auto output = resampleTone(frequency, step, 25);
            const double snr = signalToRestDb(output, frequency * step);
            BOOST_TEST(snr > 80.0, frequency << " Hz, step " << step << ": " << snr << " dB");
        }
    }
}

BOOST_AUTO_TEST_CASE(change_of_ratio_makes_no_step) {
    Resampler resampler;
    ToneGenerator tone(1000);
    std::vector<float> output;
    for (int i = 0; i < 200; ++i) {
        resampler.push(tone.stereo(480).data(), 480);
        resampler.pull(i % 2 == 0 ? 0.995 : 1.005, output);
    }
    std::vector<float> left;
    for (std::size_t i = 0; i < output.size(); i += 2) left.push_back(output[i]);
    BOOST_TEST(largestStep(left) < 1.006 * toneStep(1000, 0.5));
    BOOST_TEST(resampler.pending() < 2 * Resampler::kTaps);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
