#include "mcu/audio/gain_rider.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

namespace tessera {

namespace {

/// @return the gain after so many seconds of one loudness
float after(GainRider& rider, float lufs, double seconds) {
    for (int i = 0; i < std::lround(seconds * 10); ++i) rider.update(lufs);
    return rider.gainDb();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gain_rider)

BOOST_AUTO_TEST_CASE(first_sound_is_brought_to_the_target_within_three_seconds) {
    GainRider quiet(-23), loud(-23);
    BOOST_TEST(after(quiet, -30, 2.9) == 7.0F, boost::test_tools::tolerance(0.01F));
    BOOST_TEST(after(loud, -14, 1) == -9.0F, boost::test_tools::tolerance(0.01F));
}

BOOST_AUTO_TEST_CASE(what_is_not_known_yet_is_taken_for_louder_than_most_speech) {
    BOOST_TEST(GainRider(-23).gainDb() == -5.0F);
    BOOST_TEST(GainRider(-16).gainDb() == 0.0F);
}

BOOST_AUTO_TEST_CASE(nothing_is_raised_before_a_second_of_sound_is_known) {
    GainRider rider(-16);
    BOOST_TEST(after(rider, -30, 0.9) == 0.0F);
    BOOST_TEST(after(rider, -30, 0.2) > 0.5F);
}

BOOST_AUTO_TEST_CASE(gain_is_held_in_silence_and_in_the_noise_of_a_room) {
    GainRider rider(-23);
    const float gain = after(rider, -30, 20);
    BOOST_TEST(after(rider, -INFINITY, 60) == gain);
    BOOST_TEST(after(rider, -55, 60) == gain);
    BOOST_TEST(after(rider, -30, 1) == gain, boost::test_tools::tolerance(0.001F));
}

BOOST_AUTO_TEST_CASE(later_changes_are_followed_slowly_and_down_faster_than_up) {
    GainRider rider(-23);
    after(rider, -23, 20);
    float before = rider.gainDb();
    for (int i = 0; i < 300; ++i) {
        const float gain = rider.update(-15);
        BOOST_TEST(gain >= before - 0.3001F);
        BOOST_TEST(gain <= before);
        before = gain;
    }
    BOOST_TEST(before == -8.0F, boost::test_tools::tolerance(0.05F));
    for (int i = 0; i < 300; ++i) {
        const float gain = rider.update(-22);
        BOOST_TEST(gain <= before + 0.1001F);
        before = gain;
    }
}

BOOST_AUTO_TEST_CASE(programme_that_became_much_quieter_is_raised_after_five_seconds) {
    GainRider rider(-23);
    const float gain = after(rider, -14, 20);
    BOOST_TEST(after(rider, -34, 4.9) == gain);
    BOOST_TEST(after(rider, -34, 30) == 11.0F, boost::test_tools::tolerance(0.01F));
}

BOOST_AUTO_TEST_CASE(gain_stays_in_its_range) {
    GainRider up(-10), down(-40);
    BOOST_TEST(after(up, -45, 120) == GainRider::kHighestDb);
    BOOST_TEST(after(down, 0, 120) == GainRider::kLowestDb);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
