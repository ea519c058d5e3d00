#include "api/gateway/byte_range.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(byte_range)

namespace {

bool isPart(std::string_view header, std::uint64_t size, ByteRange wanted) {
    const auto choice = chooseRange(header, size);
    return choice.kind == RangeKind::Part && choice.part == wanted;
}

}  // namespace

BOOST_AUTO_TEST_CASE(first_and_last_suffix_and_open_ends_are_parts) {
    BOOST_TEST(isPart("bytes=0-0", 10, {0, 1}));
    BOOST_TEST(isPart("bytes=2-5", 10, {2, 4}));
    BOOST_TEST(isPart("bytes=9-9", 10, {9, 1}));
    BOOST_TEST(isPart("bytes=4-", 10, {4, 6}));
    BOOST_TEST(isPart("bytes=-3", 10, {7, 3}));
    BOOST_TEST(isPart("BYTES = 1-2 ", 10, {1, 2}));
}

BOOST_AUTO_TEST_CASE(what_reaches_beyond_the_end_is_cut_there) {
    BOOST_TEST(isPart("bytes=5-99", 10, {5, 5}));
    BOOST_TEST(isPart("bytes=-99", 10, {0, 10}));
    BOOST_TEST(isPart("bytes=5-99999999999999999999999999", 10, {5, 5}));
    BOOST_TEST(isPart("bytes=-99999999999999999999999999", 10, {0, 10}));
}

BOOST_AUTO_TEST_CASE(what_lies_beyond_the_end_cannot_be_satisfied) {
    for (const auto* header : {"bytes=10-", "bytes=10-20", "bytes=99999999999999999999999999-", "bytes=-0"}) {
        BOOST_TEST((chooseRange(header, 10).kind == RangeKind::Unsatisfiable), header);
    }
    for (const auto* header : {"bytes=0-", "bytes=0-0", "bytes=-1"}) {
        BOOST_TEST((chooseRange(header, 0).kind == RangeKind::Unsatisfiable), header);
    }
}

BOOST_AUTO_TEST_CASE(what_is_malformed_or_not_offered_gets_the_whole) {
    for (const auto* header :
         {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=1-2,4-5", "bytes=+1-2", "bytes=1--2",
          "bytes=0x1-2", "items=0-1", "bytes 0-1", "=0-1", "bytes=1 -2"}) {
        BOOST_TEST((chooseRange(header, 10).kind == RangeKind::Whole), header);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
