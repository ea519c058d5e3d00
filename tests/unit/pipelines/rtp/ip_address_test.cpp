#include "pipelines/rtp/ip_address.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

namespace {

bool contains(const char* range, const char* address) {
    return IpRange::parse(range)->contains(*IpAddress::parse(address));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ip_address)

BOOST_AUTO_TEST_CASE(literals_of_both_families_are_read_and_written) {
    for (const char* text : {"127.0.0.1", "10.1.2.3", "::1", "fe80::1", "2001:db8::5"}) {
        const auto address = IpAddress::parse(text);
        BOOST_REQUIRE(address.has_value());
        BOOST_TEST(address->toString() == text);
    }
    BOOST_TEST(IpAddress::parse("10.1.2.3")->isV4());
    BOOST_TEST(!IpAddress::parse("::1")->isV4());
    BOOST_TEST(IpAddress::parse("0.0.0.0")->isUnspecified());
    BOOST_TEST(IpAddress::parse("::")->isUnspecified());
    for (const char* text : {"", "10.1.2", "10.1.2.3.4", "host", "fe80::1%eth0", "[::1]", "10.1.2.3/8", " 1.1.1.1"}) {
        BOOST_TEST(!IpAddress::parse(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(ranges_hold_what_lies_inside) {
    BOOST_TEST(contains("10.0.0.0/8", "10.255.0.1"));
    BOOST_TEST(!contains("10.0.0.0/8", "11.0.0.1"));
    BOOST_TEST(contains("172.16.0.0/12", "172.31.9.9"));
    BOOST_TEST(!contains("172.16.0.0/12", "172.32.0.0"));
    BOOST_TEST(contains("192.168.7.7", "192.168.7.7"));
    BOOST_TEST(!contains("192.168.7.7", "192.168.7.8"));
    BOOST_TEST(contains("0.0.0.0/0", "8.8.8.8"));
    BOOST_TEST(!contains("0.0.0.0/0", "2001:db8::1"));
    BOOST_TEST(contains("::/0", "8.8.8.8"));
    BOOST_TEST(contains("fc00::/7", "fd12::1"));
    BOOST_TEST(!contains("fc00::/7", "fe00::1"));
}

BOOST_AUTO_TEST_CASE(what_is_no_range_is_refused) {
    for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "a/8"}) {
        BOOST_TEST(!IpRange::parse(text).ok(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
