#include "api/timestamp.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(timestamp)

BOOST_AUTO_TEST_CASE(times_are_written_in_utc_with_milliseconds) {
    BOOST_TEST(toTimestamp(0) == "1970-01-01T00:00:00.000Z");
    BOOST_TEST(toTimestamp(951782400123) == "2000-02-29T00:00:00.123Z");
    BOOST_TEST(toTimestamp(253402300799999) == "9999-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(zones_and_fractions_are_understood) {
    BOOST_TEST(parseTimestamp("2000-02-29T00:00:00Z").value() == 951782400000);
    BOOST_TEST(parseTimestamp("2000-02-29T02:00:00+02:00").value() == 951782400000);
    BOOST_TEST(parseTimestamp("2000-02-28T18:30:00.1239-05:30").value() == 951782400123);
    BOOST_TEST(parseTimestamp("2000-02-29t00:00:00.5z").value() == 951782400500);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back) {
    for (std::int64_t time = 0; time < 4'000'000'000'000; time += 1'234'567'891) {
        BOOST_REQUIRE(parseTimestamp(toTimestamp(time)).value() == time);
    }
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused) {
    for (const auto* text :
         {"", "2000", "2000-02-30T00:00:00Z", "2001-02-29T00:00:00Z", "2000-13-01T00:00:00Z", "2000-01-01T24:00:00Z",
          "2000-01-01T00:60:00Z", "2000-01-01T00:00:61Z", "2000-01-01T00:00:00", "2000-01-01 00:00:00Z",
          "2000-01-01T00:00:00.Z", "2000-01-01T00:00:00.0000000000Z", "2000-01-01T00:00:00+24:00",
          "2000-01-01T00:00:00+2", "2000-01-01T00:00:00Zx", "1969-12-31T00:00:00Z", "-200-01-01T00:00:00Z"}) {
        BOOST_TEST(!parseTimestamp(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
