#include "pipelines/av/host_lookup.h"

#include <boost/test/unit_test.hpp>
#include <netdb.h>

namespace tessera {

BOOST_AUTO_TEST_SUITE(host_lookup)

BOOST_AUTO_TEST_CASE(addresses_and_known_names_are_found) {
    const SteadyClock clock;
    Interrupt interrupt(clock);
    interrupt.allow(std::chrono::seconds(10));
    for (const char* host : {"", "127.0.0.1", "::1"}) BOOST_TEST(lookUp(host, interrupt).ok());
    // A machine without /etc/hosts may know no name at all.
    addrinfo* found = nullptr;
    const bool isKnown = getaddrinfo("localhost", nullptr, nullptr, &found) == 0;
    if (isKnown) freeaddrinfo(found);
    BOOST_TEST(lookUp("localhost", interrupt).ok() == isKnown);
}

BOOST_AUTO_TEST_CASE(a_name_without_an_address_is_refused_or_given_up_in_time) {
    const SteadyClock clock;
    Interrupt interrupt(clock);
    interrupt.allow(std::chrono::seconds(1));
    const auto begin = clock.now();
    const Status found = lookUp("no-such-host.invalid", interrupt);
    BOOST_TEST(toSeconds(clock.now() - begin) < 5.0);
    BOOST_REQUIRE(!found.ok());
    BOOST_TEST((found.error().code == ErrorCode::Unreachable || found.error().code == ErrorCode::Timeout));
    BOOST_TEST(found.error().message.find("no-such-host.invalid") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_interrupt_that_is_due_ends_the_wait_at_once) {
    const SteadyClock clock;
    Interrupt interrupt(clock);
    interrupt.endBy(clock.now());
    const Status found = lookUp("another-name.invalid", interrupt);
    BOOST_TEST(!found.ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
