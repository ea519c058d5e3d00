#include "pipelines/outputs/back_off.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

using std::chrono::seconds;

constexpr BackOffPolicy kExact{seconds(1), seconds(30), seconds(35), 0};

}  // namespace

BOOST_AUTO_TEST_SUITE(back_off)

BOOST_AUTO_TEST_CASE(waits_double_from_one_second_to_thirty) {
    BackOff backOff(kExact);
    for (const int wait : {1, 2, 4, 8, 16, 30, 30}) BOOST_TEST((backOff.next({}) == seconds(wait)));
}

BOOST_AUTO_TEST_CASE(only_a_connection_that_held_begins_the_row_anew) {
    BackOff backOff(kExact);
    for (const int wait : {1, 2, 4}) BOOST_TEST((backOff.next({}) == seconds(wait)));
    BOOST_TEST((backOff.next(seconds(34)) == seconds(8)));
    BOOST_TEST((backOff.next(seconds(35)) == seconds(1)));
    BOOST_TEST((backOff.next({}) == seconds(2)));
}

BOOST_AUTO_TEST_CASE(jitter_spreads_the_waits_of_many_outputs_around_the_same_mean) {
    double sum = 0, least = 10, most = 0;
    for (std::uint32_t seed = 1; seed <= 400; ++seed) {
        const double wait = toSeconds(BackOff({}, seed * 7919).next({}));
        sum += wait;
        least = std::min(least, wait);
        most = std::max(most, wait);
    }
    BOOST_TEST(least >= 0.75);
    BOOST_TEST(most <= 1.25);
    BOOST_TEST(most - least > 0.4);
    BOOST_TEST(std::abs(sum / 400 - 1) < 0.05);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
