#include "mcu/base/ticker.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(ticker)

BOOST_AUTO_TEST_CASE(tick_times_are_computed_and_never_drift) {
    const FrameRate ntsc{30000, 1001};
    BOOST_TEST(ntsc.tickTime(30000 * 3600LL).count() == 1001LL * 3600 * 1'000'000'000);
    for (const std::int64_t n : {0, 1, 29, 30, 1'000'003}) {
        BOOST_TEST(ntsc.tickAt(ntsc.tickTime(n)) == n);
        BOOST_TEST(ntsc.tickAt(ntsc.tickTime(n) + ntsc.period() / 2) == n);
    }
}

BOOST_AUTO_TEST_CASE(late_ticks_are_skipped_and_counted) {
    const MonotonicTime origin{std::chrono::seconds(5)};
    Ticker ticker(FrameRate{10, 1}, origin);
    BOOST_TEST(ticker.take(origin) == 0);
    BOOST_TEST(ticker.take(origin + std::chrono::milliseconds(100)) == 1);
    BOOST_TEST(ticker.take(origin + std::chrono::milliseconds(570)) == 5);
    BOOST_TEST(ticker.skipped() == 3U);
    BOOST_TEST((ticker.deadline() == origin + std::chrono::milliseconds(600)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
