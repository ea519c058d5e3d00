#include "mcu/audio/level_meter.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/signal.h"

namespace tessera {

namespace {

AudioBlock toneBlock(double amplitude) {
    ToneGenerator tone(1000, amplitude);
    AudioBlock block;
    for (int i = 0; i < kBlockSamples; ++i) block.samples[0][i] = block.samples[1][i] = tone.next();
    return block;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(level_meter)

BOOST_AUTO_TEST_CASE(levels_are_in_dbov) {
    LevelMeter meter;
    meter.update(toneBlock(1));
    BOOST_TEST(meter.level() == -3.01F, boost::test_tools::tolerance(0.01F));
    meter.update(toneBlock(0.1));
    BOOST_TEST(meter.level() == -23.01F, boost::test_tools::tolerance(0.01F));
    AudioBlock square;
    for (auto& channel : square.samples) channel.fill(-1);
    meter.update(square);
    BOOST_TEST(meter.level() == 0.0F);
    meter.update(AudioBlock{});
    BOOST_TEST(meter.level() == kSilenceDbov);
}

BOOST_AUTO_TEST_CASE(smoothed_level_is_there_after_three_hundred_milliseconds_and_falls_to_silence) {
    LevelMeter meter;
    BOOST_TEST(meter.smoothed() == kSilenceDbov);
    for (int k = 0; k < 10; ++k) meter.update(toneBlock(1));
    BOOST_TEST(meter.smoothed() < -4.0F);
    for (int k = 10; k < 30; ++k) meter.update(toneBlock(1));
    BOOST_TEST(meter.smoothed() > -3.1F);
    for (int k = 0; k < 300; ++k) meter.update(AudioBlock{});
    BOOST_TEST(meter.smoothed() == kSilenceDbov);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
