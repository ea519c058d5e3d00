#include "mcu/video/load_shedder.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

constexpr Duration kPeriod = std::chrono::milliseconds(40);

/// Ticks of that length until the filter changes. @return how many there were; `most` when it did not
int ticksUntilChange(LoadShedder& shedder, Duration spent, int most) {
    for (int tick = 1; tick <= most; ++tick) {
        if (shedder.onTick(spent, kPeriod)) return tick;
    }
    return most;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load_shedder)

BOOST_AUTO_TEST_CASE(quality_goes_down_in_steps_while_ticks_come_short_of_time) {
    LoadShedder shedder;
    BOOST_TEST(ticksUntilChange(shedder, std::chrono::milliseconds(30), 100) < 25);
    BOOST_TEST((shedder.filter() == ScaleFilter::Area));
    BOOST_TEST(ticksUntilChange(shedder, std::chrono::milliseconds(30), 100) < 25);
    BOOST_TEST((shedder.filter() == ScaleFilter::Bilinear));
    BOOST_TEST(ticksUntilChange(shedder, std::chrono::milliseconds(30), 1000) == 1000);
}

BOOST_AUTO_TEST_CASE(one_slow_tick_changes_nothing) {
    LoadShedder shedder;
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(
            !shedder.onTick(i % 25 == 0 ? std::chrono::milliseconds(80) : std::chrono::milliseconds(5), kPeriod));
    }
}

BOOST_AUTO_TEST_CASE(quality_comes_back_after_seconds_with_time_to_spare) {
    LoadShedder shedder;
    ticksUntilChange(shedder, std::chrono::milliseconds(30), 100);
    BOOST_TEST(ticksUntilChange(shedder, std::chrono::milliseconds(12), 1000) == 1000);
    const int ticks = ticksUntilChange(shedder, std::chrono::milliseconds(4), 1000);
    BOOST_TEST(ticks >= 125);
    BOOST_TEST(ticks < 200);
    BOOST_TEST((shedder.filter() == ScaleFilter::CatmullRom));
}

BOOST_AUTO_TEST_CASE(what_a_cheaper_filter_saves_does_not_bring_the_better_one_back) {
    LoadShedder shedder;
    ticksUntilChange(shedder, std::chrono::milliseconds(24), 100);
    BOOST_TEST(ticksUntilChange(shedder, std::chrono::milliseconds(12), 10'000) == 10'000);
    BOOST_TEST((shedder.filter() == ScaleFilter::Area));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
