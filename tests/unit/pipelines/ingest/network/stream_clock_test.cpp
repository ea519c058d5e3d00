#include "pipelines/ingest/network/stream_clock.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

namespace tessera {
namespace {

using std::chrono::milliseconds;
constexpr Duration kLatency = milliseconds(200);

MediaTime at(double ms) {
    return MediaTime(Duration(std::llround(ms * 1e6)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_clock)

BOOST_AUTO_TEST_CASE(jitter_does_not_move_the_mapping) {
    StreamClock clock(StreamClock::Kind::Arrival, kLatency);
    Duration least = Duration::max(), most = Duration::min();
    for (int i = 0; i < 1000; ++i) {
        const double jitter = i % 7 * 10.0;
        const auto offset = clock.observe(i % 2, milliseconds(20 * i), at(5000 + 20 * i + jitter));
        BOOST_TEST(offset.jumped == (i == 0));
        if (i < 100) continue;
        least = std::min(least, offset.value);
        most = std::max(most, offset.value);
    }
    BOOST_TEST((most - least < milliseconds(2)));
    BOOST_TEST(std::abs(toMilliseconds(most) - 5200) <= 2);
}

BOOST_AUTO_TEST_CASE(a_wrong_clock_is_followed_without_a_jump) {
    StreamClock clock(StreamClock::Kind::Arrival, kLatency);
    StreamClock::Offset offset;
    for (int i = 0; i < 10'000; ++i) {
        offset = clock.observe(0, milliseconds(20 * i), at(20.0 * i * 1.001));
        BOOST_REQUIRE(offset.jumped == (i == 0));
    }
    BOOST_TEST(std::abs(toMilliseconds(offset.value) - (200 + 200)) < 10);
}

BOOST_AUTO_TEST_CASE(timestamps_that_jump_anchor_anew) {
    StreamClock clock(StreamClock::Kind::Arrival, kLatency);
    for (int i = 0; i < 200; ++i) clock.observe(0, milliseconds(20 * i), at(20 * i));
    const auto back = clock.observe(0, milliseconds(0), at(4000));
    BOOST_TEST(back.jumped);
    BOOST_TEST(toMilliseconds(back.value) == 4200);
    for (int i = 1; i < 200; ++i) clock.observe(0, milliseconds(20 * i), at(4000 + 20 * i));
    const auto forth = clock.observe(0, milliseconds(1'000'000), at(8000));
    BOOST_TEST(forth.jumped);
    BOOST_TEST(toMilliseconds(forth.value) == 8200 - 1'000'000);
}

BOOST_AUTO_TEST_CASE(a_paced_stream_is_placed_once_and_anew_when_it_is_late) {
    StreamClock clock(StreamClock::Kind::Paced, kLatency);
    BOOST_TEST(clock.observe(0, milliseconds(0), at(1000)).jumped);
    const auto early = clock.observe(0, milliseconds(5000), at(1001));
    BOOST_TEST(!early.jumped);
    BOOST_TEST(toMilliseconds(early.value) == 1200);
    const auto late = clock.observe(0, milliseconds(5020), at(9000));
    BOOST_TEST(late.jumped);
    BOOST_TEST(toMilliseconds(late.value) == 9200 - 5020);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
