#include "pipelines/webrtc/sdp/sdp_answer.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

namespace tessera {

namespace {

SdpOffer fixture(const std::string& name) {
    std::ifstream file(std::string(TESSERA_SOURCE_DIR) + "/tests/fixtures/sdp/" + name + ".sdp", std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    auto offer = parseOffer(text.str());
    BOOST_REQUIRE_MESSAGE(offer.ok(), name);
    return *std::move(offer);
}

LocalDescription local() {
    LocalDescription description;
    description.sessionId = 42;
    description.iceUfrag = "abcd";
    description.icePwd = "abcdefghijklmnopqrstuvwx";
    description.fingerprint = "AA";
    for (int i = 1; i < 32; ++i) description.fingerprint += ":AA";
    description.candidates = {{"1", 1, true, 100, "127.0.0.1", 5000, IceCandidateType::Host}};
    description.cname = "server";
    description.audioSsrc = 1111;
    description.videoSsrc = 2222;
    return description;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

/// The answer, checked to be a description that our own strict parser takes.
std::string answerTo(const SdpOffer& offer, SdpPermissions permissions = {}) {
    const auto negotiation = negotiate(offer, permissions);
    BOOST_REQUIRE(negotiation.ok());
    const std::string answer = makeAnswer(offer, *negotiation, local());
    const auto parsed = parseOffer(answer);
    BOOST_REQUIRE_MESSAGE(parsed.ok(), (parsed.ok() ? "" : parsed.error().message));
    BOOST_TEST(parsed->media.size() == offer.media.size());
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        BOOST_TEST(parsed->media[i].kind == offer.media[i].kind);
        BOOST_TEST(parsed->media[i].mid == offer.media[i].mid);
        if (!parsed->media[i].rejected) BOOST_TEST(parsed->media[i].codecs.size() == 1U);
    }
    BOOST_TEST(count(answer, "a=candidate:1 1 udp 100 127.0.0.1 5000 typ host\r\n") == 1U);
    BOOST_TEST(count(answer, "a=end-of-candidates\r\n") == 1U);
    return answer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sdp_answer)

BOOST_AUTO_TEST_CASE(one_media_line_may_carry_both_directions) {
    const std::string answer = answerTo(fixture("chromium_sendrecv"));
    BOOST_TEST(count(answer, "a=sendrecv") == 2U);
    BOOST_TEST(count(answer, "a=group:BUNDLE 0 1\r\n") == 1U);
    BOOST_TEST(count(answer, "a=setup:passive") == 2U);
    BOOST_TEST(count(answer, "a=rtpmap:96 VP8/90000") == 1U);
    BOOST_TEST(count(answer, "a=rtcp-fb:96 nack\r\n") == 1U);
    BOOST_TEST(count(answer, "a=rtcp-fb:96 nack pli") == 1U);
    BOOST_TEST(count(answer, "a=rtcp-fb:96 ccm fir") == 1U);
    BOOST_TEST(count(answer, " transport-cc") == 2U);
    BOOST_TEST(count(answer, "goog-remb") == 0U);
    BOOST_TEST(count(answer, "transport-wide-cc-extensions-01") == 2U);
    BOOST_TEST(count(answer, "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1") == 1U);
    BOOST_TEST(count(answer, "a=ssrc:1111 cname:server") == 1U);
    BOOST_TEST(count(answer, "a=ssrc:2222 cname:server") == 1U);
    BOOST_TEST(count(answer, "rtx") == 0U);
}

BOOST_AUTO_TEST_CASE(separate_media_lines_may_carry_one_direction_each) {
    for (const std::string browser : {"chromium", "firefox"}) {
        const SdpOffer offer = fixture(browser + "_send_and_recv");
        const std::string answer = answerTo(offer);
        BOOST_TEST(count(answer, "a=recvonly") == 2U);
        BOOST_TEST(count(answer, "a=sendonly") == 2U);
        BOOST_TEST(count(answer, "a=group:BUNDLE 0 1 2 3\r\n") == 1U);
        const auto negotiation = negotiate(offer, {});
        BOOST_TEST(negotiation->receivingKind(MediaKind::Video)->mid == "1");
        BOOST_TEST(negotiation->sending(MediaKind::Video)->mid == "3");
        BOOST_TEST(negotiation->receivingKind(MediaKind::Video)->transportFeedback);
        BOOST_TEST(!negotiation->sending(MediaKind::Video)->transportFeedback);
    }
}

BOOST_AUTO_TEST_CASE(permissions_limit_the_directions) {
    const std::string watch = answerTo(fixture("chromium_sendrecv"), {false, true});
    BOOST_TEST(count(watch, "a=sendonly") == 2U);
    const std::string publish = answerTo(fixture("chromium_sendrecv"), {true, false});
    BOOST_TEST(count(publish, "a=recvonly") == 2U);
    BOOST_TEST(count(publish, "a=ssrc") == 0U);
    const std::string half = answerTo(fixture("chromium_send_and_recv"), {true, false});
    BOOST_TEST(count(half, "m=audio 0 ") == 1U);
    BOOST_TEST(count(half, "m=video 0 ") == 1U);
    BOOST_TEST(count(half, "a=group:BUNDLE 0 1\r\n") == 1U);
    BOOST_TEST(count(half, "a=inactive") == 2U);
}

BOOST_AUTO_TEST_CASE(nothing_to_flow_is_an_error) {
    const auto negotiation = negotiate(fixture("chromium_recvonly"), {true, false});
    BOOST_REQUIRE(!negotiation.ok());
    BOOST_CHECK(negotiation.error().code == ErrorCode::InvalidArgument);
}

BOOST_AUTO_TEST_CASE(h264_is_taken_when_it_comes_first_and_42e01f_among_its_variants) {
    const SdpOffer offer = fixture("chromium_h264_first");
    const auto negotiation = negotiate(offer, {});
    const NegotiatedMedia* video = negotiation->receivingKind(MediaKind::Video);
    BOOST_REQUIRE(video != nullptr);
    BOOST_CHECK(video->videoCodec == VideoCodec::H264);
    const std::string answer = answerTo(offer);
    BOOST_TEST(count(answer, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f") == 1U);
}

BOOST_AUTO_TEST_CASE(h264_without_packetization_mode_1_or_baseline_is_not_taken) {
    SdpOffer offer = fixture("chromium_sendrecv");
    auto& codecs = offer.media[1].codecs;
    codecs = {{98, "h264", 90000, 1, "packetization-mode=0;profile-level-id=42e01f", {}},
              {99, "h264", 90000, 1, "packetization-mode=1;profile-level-id=640c1f", {}}};
    const auto refused = negotiate(offer, {});
    BOOST_REQUIRE(refused.ok());
    BOOST_TEST(refused->receivingKind(MediaKind::Video) == nullptr);
    codecs.push_back({100, "h264", 90000, 1, "profile-level-id=42001f; packetization-mode=1", {}});
    BOOST_TEST(negotiate(offer, {})->receivingKind(MediaKind::Video)->codec.payloadType == 100);
}

BOOST_AUTO_TEST_CASE(only_unknown_codecs_are_unsupported_and_named) {
    SdpOffer offer = fixture("chromium_sendrecv");
    for (SdpMedia& media : offer.media) {
        for (SdpCodec& codec : media.codecs) codec.name = "codec2";
    }
    const auto negotiation = negotiate(offer, {});
    BOOST_REQUIRE(!negotiation.ok());
    BOOST_CHECK(negotiation.error().code == ErrorCode::Unsupported);
    BOOST_TEST(negotiation.error().message.find("codec2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_first_line_hands_the_transport_to_the_next) {
    SdpOffer offer = fixture("chromium_sendrecv");
    for (SdpCodec& codec : offer.media[0].codecs) codec.name = "codec2";
    const auto negotiation = negotiate(offer, {});
    BOOST_REQUIRE(negotiation.ok());
    BOOST_TEST(negotiation->media.size() == 1U);
    BOOST_TEST(negotiation->remote.iceUfrag == offer.media[1].transport.iceUfrag);
    const std::string answer = answerTo(offer);
    BOOST_TEST(count(answer, "a=group:BUNDLE 1\r\n") == 1U);
    BOOST_TEST(answer.find("a=candidate") > answer.find("m=video 9"));
}

BOOST_AUTO_TEST_CASE(dtls_roles_follow_the_offer) {
    SdpOffer offer = fixture("chromium_sendrecv");
    for (SdpMedia& media : offer.media) media.transport.setup = DtlsSetup::Passive;
    BOOST_TEST(negotiate(offer, {})->dtlsClient);
    BOOST_TEST(count(answerTo(offer), "a=setup:active\r\n") == 2U);
    for (SdpMedia& media : offer.media) media.transport.setup = DtlsSetup::Active;
    BOOST_TEST(!negotiate(offer, {})->dtlsClient);
}

BOOST_AUTO_TEST_CASE(remb_serves_where_transport_feedback_was_not_offered) {
    SdpOffer offer = fixture("chromium_sendrecv");
    offer.media[1].extensions.clear();
    const auto negotiation = negotiate(offer, {});
    const NegotiatedMedia* video = negotiation->receivingKind(MediaKind::Video);
    BOOST_TEST(!video->transportFeedback);
    BOOST_TEST(video->remb);
    BOOST_TEST(count(answerTo(offer), "goog-remb") == 1U);
}

BOOST_AUTO_TEST_CASE(a_second_camera_is_refused) {
    SdpOffer offer = fixture("chromium_sendonly");
    offer.media.push_back(offer.media[1]);
    offer.media[2].mid = "2";
    offer.bundle.emplace_back("2");
    const std::string answer = answerTo(offer);
    BOOST_TEST(count(answer, "m=video 0 ") == 1U);
    BOOST_TEST(count(answer, "m=video 9 ") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
