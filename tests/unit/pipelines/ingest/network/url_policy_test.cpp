#include "pipelines/ingest/network/url_policy.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(url_policy)

BOOST_AUTO_TEST_CASE(only_the_public_internet_is_public) {
    for (const char* text : {"8.8.8.8", "93.184.216.34", "2606:4700::1111", "223.255.255.1"}) {
        BOOST_TEST(isPublic(*IpAddress::parse(text)), text);
    }
    for (const char* text : {"0.0.0.0",
                             "10.1.2.3",
                             "100.64.0.1",
                             "127.0.0.1",
                             "169.254.169.254",
                             "172.31.0.1",
                             "192.168.0.1",
                             "198.18.0.1",
                             "203.0.113.1",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "::ffff:127.0.0.1",
                             "fe80::1",
                             "fc00::1",
                             "ff02::1",
                             "64:ff9b::7f00:1",
                             "2002:7f00:1::",
                             "2001:0:1::",
                             "2001:db8::1",
                             "fd00::1",
                             "fec0::1",
                             "::127.0.0.1",
                             "::ffff:0:7f00:1",
                             "64:ff9b:1::7f00:1",
                             "100::1",
                             "3fff::1",
                             "5f00::1",
                             "ff0e::1",
                             "::ffff:169.254.169.254"}) {
        BOOST_TEST(!isPublic(*IpAddress::parse(text)), text);
    }
    BOOST_TEST(isMulticast(*IpAddress::parse("239.1.1.1")));
    BOOST_TEST(isMulticast(*IpAddress::parse("ff02::1")));
    BOOST_TEST(!isMulticast(*IpAddress::parse("192.0.2.1")));
}

BOOST_AUTO_TEST_CASE(the_configuration_allows_ranges_and_hosts) {
    const UrlPolicy policy({"192.168.7.0/24", "camera.example.org"});
    BOOST_TEST(policy.permits("192.168.7.9", *IpAddress::parse("192.168.7.9")).ok());
    BOOST_TEST(policy.permits("camera.example.org", *IpAddress::parse("10.0.0.1")).ok());
    const auto refused = policy.permits("other.example.org", *IpAddress::parse("192.168.8.9"));
    BOOST_TEST(refused.error().field == "url");
    BOOST_TEST((refused.error().code == ErrorCode::InvalidArgument));
}

BOOST_AUTO_TEST_CASE(every_spelling_of_loopback_is_refused) {
    const SteadyClock clock;
    Interrupt interrupt(clock);
    interrupt.allow(std::chrono::seconds(5));
    const UrlPolicy policy({});
    for (const char* host : {"127.0.0.1", "localhost", "LocalHost.", "a.localhost", "2130706433", "0x7f000001", "127.1",
                             "::1", "::ffff:127.0.0.1", "0:0:0:0:0:ffff:7f00:1"}) {
        const auto address = policy.admit(host, interrupt);
        BOOST_REQUIRE_MESSAGE(!address.ok(), host);
        BOOST_TEST((address.error().code == ErrorCode::InvalidArgument), host);
    }
    BOOST_TEST(UrlPolicy({"127.0.0.0/8"}).admit("127.0.0.1", interrupt).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
