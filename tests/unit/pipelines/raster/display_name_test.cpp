#include "pipelines/raster/display_name.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(display_name)

BOOST_AUTO_TEST_CASE(blanks_and_control_characters_become_single_spaces) {
    BOOST_TEST(toDisplayName("  Ada \t\r\n Lovelace\x01 ") == "Ada Lovelace");
    BOOST_TEST(toDisplayName("") == "");
    BOOST_TEST(toDisplayName(" \n\t ") == "");
}

BOOST_AUTO_TEST_CASE(invalid_utf8_and_zero_bytes_are_replaced) {
    BOOST_TEST(toDisplayName("a\xFF\xC0z") == "a\uFFFD\uFFFDz");
    BOOST_TEST(toDisplayName(std::string_view("a\0b", 3)) == "a\uFFFDb");
    BOOST_TEST(toDisplayName("cut \xE2\x82") == "cut \uFFFD\uFFFD");
}

BOOST_AUTO_TEST_CASE(long_names_are_cut_between_characters) {
    std::string longName;
    for (int i = 0; i < 1000; ++i) longName += "é";
    BOOST_TEST(toDisplayName(longName).size() == 2 * 256U);
}

BOOST_AUTO_TEST_CASE(initials_are_those_of_the_first_and_the_last_word) {
    BOOST_TEST(toInitials("Ada Lovelace") == "AL");
    BOOST_TEST(toInitials("ada king lovelace") == "AL");
    BOOST_TEST(toInitials("Grace") == "G");
    BOOST_TEST(toInitials("Grace Hopper (guest)") == "GH");
    BOOST_TEST(toInitials("Élodie Ünal") == "ÉÜ");
    BOOST_TEST(toInitials("e\u0301lodie") == "E\u0301");
    BOOST_TEST(toInitials("田中 太郎") == "田太");
    BOOST_TEST(toInitials("محمد الخوارزمي") == "م\u200Cا");
    BOOST_TEST(toInitials("Room 4") == "R4");
    BOOST_TEST(toInitials("😀") == "");
    BOOST_TEST(toInitials("") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
