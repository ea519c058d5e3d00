#include "api/gateway/admission.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(admission)

namespace {

boost::asio::ip::address of(const char* text) {
    return boost::asio::ip::make_address(text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_address_has_its_share_and_gets_it_back) {
    Admission admission(16, 2);
    BOOST_TEST((admission.enter(of("192.0.2.1")) == Admission::Verdict::Admitted));
    BOOST_TEST((admission.enter(of("192.0.2.1")) == Admission::Verdict::Admitted));
    BOOST_TEST((admission.enter(of("192.0.2.1")) == Admission::Verdict::AddressFull));
    BOOST_TEST((admission.enter(of("::ffff:192.0.2.1")) == Admission::Verdict::AddressFull));
    BOOST_TEST((admission.enter(of("192.0.2.2")) == Admission::Verdict::Admitted));
    admission.leave(of("192.0.2.1"));
    BOOST_TEST((admission.enter(of("192.0.2.1")) == Admission::Verdict::Admitted));
    BOOST_TEST(admission.open() == 3);
}

BOOST_AUTO_TEST_CASE(a_network_of_64_bits_is_one_address) {
    Admission admission(16, 1);
    BOOST_TEST((admission.enter(of("2001:db8::1")) == Admission::Verdict::Admitted));
    BOOST_TEST((admission.enter(of("2001:db8::ffff:2")) == Admission::Verdict::AddressFull));
    BOOST_TEST((admission.enter(of("2001:db8:0:1::1")) == Admission::Verdict::Admitted));
}

BOOST_AUTO_TEST_CASE(loopback_has_nearly_all_and_never_everything) {
    Admission admission(16, 2);
    for (int i = 0; i < 14; ++i) BOOST_TEST((admission.enter(of("127.0.0.1")) == Admission::Verdict::Admitted));
    BOOST_TEST((admission.enter(of("127.0.0.1")) == Admission::Verdict::AddressFull));
    BOOST_TEST((admission.enter(of("192.0.2.1")) == Admission::Verdict::Admitted));
    BOOST_TEST((admission.enter(of("192.0.2.2")) == Admission::Verdict::Admitted));
    BOOST_TEST((admission.enter(of("192.0.2.3")) == Admission::Verdict::ServerFull));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
