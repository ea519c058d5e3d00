#include "mcu/audio/true_peak.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/signal.h"

namespace tessera {

namespace {

/// The highest peak of a second of sine. @param phase  of the first sample, radians
float peakOf(double frequencyHz, double amplitude, double phase, float floor = 0) {
    TruePeakDetector detector;
    TruePeakDetector::Peaks peaks;
    AudioBlock block;
    float highest = 0;
    for (int k = 0; k < 100; ++k) {
        for (int i = 0; i < kBlockSamples; ++i) {
            const double turn = 2 * std::numbers::pi * frequencyHz * (k * kBlockSamples + i) / kSampleRate;
            block.samples[1][i] = static_cast<float>(amplitude * std::sin(turn + phase));
        }
        const float peak = detector.process(block, floor, peaks);
        if (k > 1) highest = std::max(highest, peak);
    }
    return highest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(true_peak)

BOOST_AUTO_TEST_CASE(peaks_between_samples_are_found_at_any_phase) {
    for (const double frequency : {50.0, 997.0, 5000.0, 12000.0}) {
        for (double phase = 0; phase < 1.6; phase += 0.1) {
            const double error = toDecibels(peakOf(frequency, 0.5, phase)) - toDecibels(0.5);
            BOOST_TEST(error < 0.05);
            BOOST_TEST(error > -0.2);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_quarter_of_the_rate_at_45_degrees_peaks_3_db_above_its_samples) {
    const double peak = peakOf(12000, 1, std::numbers::pi / 4);
    BOOST_TEST(std::abs(toDecibels(peak)) < 0.02);
}

BOOST_AUTO_TEST_CASE(what_is_surely_below_the_floor_is_not_looked_at) {
    BOOST_TEST(peakOf(12000, 0.1, 0.3, 0.5F) == 0.0F);
    BOOST_TEST(peakOf(12000, 0.49, std::numbers::pi / 4, 0.4F) > 0.4F);
}

BOOST_AUTO_TEST_CASE(a_peak_is_told_at_the_samples_next_to_it) {
    TruePeakDetector detector;
    TruePeakDetector::Peaks peaks;
    AudioBlock block;
    block.samples[0][100] = block.samples[0][101] = 0.5F;
    BOOST_TEST(detector.process(block, 0, peaks) > 0.6F);
    BOOST_TEST(peaks[100 + TruePeakDetector::kDelay] == peaks[101 + TruePeakDetector::kDelay]);
    BOOST_TEST(peaks[100 + TruePeakDetector::kDelay] > 0.6F);
    BOOST_TEST(peaks[103 + TruePeakDetector::kDelay] < 0.3F);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
