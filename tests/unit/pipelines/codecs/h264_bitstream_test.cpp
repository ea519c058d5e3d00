#include "pipelines/codecs/h264_bitstream.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes kKeyframe{0, 0, 0, 1, 0x67, 66, 0xe0, 31, 5, 0, 0, 0, 1, 0x68, 9, 0, 0, 1, 0x65, 1, 0, 0, 3, 2, 0, 0};

}  // namespace

BOOST_AUTO_TEST_SUITE(h264_bitstream)

BOOST_AUTO_TEST_CASE(a_byte_stream_is_split_at_start_codes_of_either_length) {
    const auto units = splitAnnexB(kKeyframe);
    BOOST_REQUIRE(units.size() == 3U);
    BOOST_TEST((units[0].type() == NalType::Sps));
    BOOST_TEST(units[0].bytes.size() == 5U);
    BOOST_TEST((units[1].type() == NalType::Pps));
    BOOST_TEST((units[2].type() == NalType::Idr));
    BOOST_TEST(Bytes(units[2].bytes.begin(), units[2].bytes.end()) == (Bytes{0x65, 1, 0, 0, 3, 2}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(broken_streams_give_no_empty_units) {
    BOOST_TEST(splitAnnexB({}).empty());
    BOOST_TEST(splitAnnexB(Bytes{0, 0, 1}).empty());
    BOOST_TEST(splitAnnexB(Bytes{0, 0, 0, 1, 0, 0, 1}).empty());
    BOOST_TEST(splitAnnexB(Bytes{9, 9, 9, 9}).empty());
    BOOST_TEST(splitAnnexB(Bytes{9, 0, 0, 1, 0x41}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(lengths_replace_start_codes_and_parameter_sets_move_to_the_record) {
    BOOST_TEST(toLengthPrefixed(kKeyframe) == (Bytes{0, 0, 0, 6, 0x65, 1, 0, 0, 3, 2}),
               boost::test_tools::per_element());
    const auto record = avcConfiguration(kKeyframe);
    BOOST_REQUIRE(record.ok());
    BOOST_TEST(*record == (Bytes{1, 66, 0xe0, 31, 0xff, 0xe1, 0, 5, 0x67, 66, 0xe0, 31, 5, 1, 0, 2, 0x68, 9}),
               boost::test_tools::per_element());
    BOOST_TEST(!avcConfiguration(Bytes{0, 0, 1, 0x65, 1}).ok());
    BOOST_TEST(!avcConfiguration(Bytes{0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 1}).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
