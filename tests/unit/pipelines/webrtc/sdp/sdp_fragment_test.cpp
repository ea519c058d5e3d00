#include "pipelines/webrtc/sdp/sdp_fragment.h"

#include <boost/test/unit_test.hpp>

#include "pipelines/webrtc/sdp/sdp_offer.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(sdp_fragment)

BOOST_AUTO_TEST_CASE(the_example_of_rfc_8840_is_read) {
    const auto fragment = parseSdpFragment(
        "a=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=ice-ufrag:8hhY\r\nm=audio 9 RTP/AVP 0\r\na=mid:1\r\n"
        "a=candidate:1 1 UDP 2130706432 2001:db8:a0b:12f0::1 5000 typ host\r\n"
        "a=candidate:1 2 UDP 2130706432 2001:db8:a0b:12f0::1 5001 typ host\r\n"
        "a=candidate:1 1 UDP 2130706431 198.51.100.1 5010 typ srflx raddr 10.0.0.1 rport 9\r\n"
        "m=audio 9 RTP/AVP 0\r\na=mid:2\r\n"
        "a=candidate:1 1 UDP 2130706432 2001:db8:a0b:12f0::1 6000 typ host\r\na=end-of-candidates\r\n");
    BOOST_REQUIRE(fragment.ok());
    BOOST_TEST(fragment->iceUfrag == "8hhY");
    BOOST_TEST(fragment->icePwd == "asd88fgpdd777uzjYhagZg");
    BOOST_REQUIRE(fragment->media.size() == 2U);
    BOOST_TEST(fragment->media[0].mid == "1");
    BOOST_TEST(fragment->media[0].candidates.size() == 2U);
    BOOST_CHECK(fragment->media[0].candidates[1].type == IceCandidateType::ServerReflexive);
    BOOST_TEST(!fragment->media[0].endOfCandidates);
    BOOST_TEST(fragment->media[1].candidates.at(0).port == 6000);
    BOOST_TEST(fragment->media[1].endOfCandidates);
}

BOOST_AUTO_TEST_CASE(credentials_may_stand_in_the_media_line) {
    const auto fragment = parseSdpFragment(
        "m=audio 9 UDP/TLS/RTP/SAVPF 0\na=mid:0\na=ice-ufrag:abcd\na=ice-pwd:abcdefghijklmnopqrstuv\n"
        "a=candidate:\na=end-of-candidates\n");
    BOOST_REQUIRE(fragment.ok());
    BOOST_TEST(fragment->iceUfrag == "abcd");
    BOOST_TEST(fragment->media.at(0).candidates.empty());
    BOOST_TEST(fragment->media.at(0).endOfCandidates);
}

BOOST_AUTO_TEST_CASE(media_lines_may_be_left_out) {
    const auto fragment = parseSdpFragment(
        "a=ice-ufrag:abcd\na=mid:0\na=candidate:1 1 udp 1 127.0.0.1 5000 typ host\n"
        "a=mid:1\na=candidate:1 1 udp 1 127.0.0.1 5001 typ host\n");
    BOOST_REQUIRE(fragment.ok());
    BOOST_REQUIRE(fragment->media.size() == 2U);
    BOOST_TEST(fragment->media[1].mid == "1");
    BOOST_TEST(fragment->media[1].candidates.at(0).port == 5001);
}

BOOST_AUTO_TEST_CASE(names_and_tcp_are_left_out) {
    const auto fragment = parseSdpFragment(
        "a=candidate:0 1 UDP 2122187007 c3c221b3-4d96-4a3b-9e8e-a90fe61c9023.local 58850 typ host\n"
        "a=candidate:2 1 TCP 2105458943 127.0.0.1 9 typ host tcptype active\n");
    BOOST_REQUIRE(fragment.ok());
    BOOST_TEST(fragment->media.empty());
}

BOOST_AUTO_TEST_CASE(malformed_fragments_are_refused) {
    const std::string tooMany(SdpLimits::kBytes + 1, 'a');
    for (const std::string& body :
         {std::string(), std::string("nonsense"), std::string("a=ice-ufrag:ab\n"), std::string("a=ice-ufrag:ab cd\n"),
          std::string("a=candidate:1 1 udp 1 127.0.0.1 70000 typ host\n"), std::string("a=candidate:1 1 udp\n"),
          std::string("a=mid:\n"), tooMany}) {
        const auto fragment = parseSdpFragment(body);
        BOOST_REQUIRE(!fragment.ok());
        BOOST_CHECK(fragment.error().code == ErrorCode::InvalidArgument);
    }
}

BOOST_AUTO_TEST_CASE(a_candidate_is_written_as_it_was_read) {
    const std::string host = "candidate:7 1 udp 2130706431 2001:db8::1 5000 typ host";
    BOOST_TEST(toSdp(*parseCandidate(host)) == host);
    const auto reflexive = parseCandidate("candidate:7 1 udp 1 192.0.2.1 5000 typ srflx raddr 10.0.0.1 rport 9");
    BOOST_CHECK(*parseCandidate(toSdp(*reflexive)) == *reflexive);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
