#include "pipelines/webrtc/sdp/sdp_offer.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "pipelines/webrtc/sdp/sdp_negotiation.h"

namespace tessera {

namespace {

std::string fixture(const std::string& name) {
    std::ifstream file(std::string(TESSERA_SOURCE_DIR) + "/tests/fixtures/" + name, std::ios::binary);
    BOOST_REQUIRE(file.is_open());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    BOOST_REQUIRE(text.find(from) != std::string::npos);
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::string withoutLines(const std::string& text, const std::string& start) {
    std::istringstream in(text);
    std::string line, out;
    while (std::getline(in, line)) {
        if (line.rfind(start, 0) != 0) out += line + '\n';
    }
    return out;
}

std::string chromium() {
    return fixture("sdp/chromium_sendrecv.sdp");
}

void refused(const std::string& sdp, ErrorCode code, const std::string& word) {
    const auto offer = parseOffer(sdp);
    BOOST_REQUIRE(!offer.ok());
    BOOST_CHECK(offer.error().code == code);
    BOOST_TEST(offer.error().message.find(word) != std::string::npos, offer.error().message);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sdp_offer)

BOOST_AUTO_TEST_CASE(every_real_browser_offer_with_media_is_parsed) {
    for (const std::string browser : {"chromium", "firefox"}) {
        for (const std::string shape :
             {"sendrecv", "sendonly", "recvonly", "send_and_recv", "h264_first", "simulcast"}) {
            const auto offer = parseOffer(fixture("sdp/" + browser + "_" + shape + ".sdp"));
            BOOST_REQUIRE_MESSAGE(offer.ok(), browser << ' ' << shape);
            BOOST_TEST(offer->media.size() == (shape == "send_and_recv" ? 4U : 2U));
            BOOST_TEST(offer->transport.fingerprint.size() == 95U);
            BOOST_TEST(!offer->transport.iceUfrag.empty());
            BOOST_CHECK(offer->transport.setup == DtlsSetup::ActPass);
        }
        refused(fixture("sdp/" + browser + "_datachannel.sdp"), ErrorCode::InvalidArgument, "no audio or video");
    }
}

BOOST_AUTO_TEST_CASE(a_chromium_offer_is_read_in_full) {
    const auto offer = parseOffer(chromium());
    BOOST_REQUIRE(offer.ok());
    BOOST_TEST(offer->bundle == (std::vector<std::string>{"0", "1"}));
    const SdpMedia& video = offer->media.at(1);
    BOOST_TEST(video.kind == "video");
    BOOST_TEST(video.mid == "1");
    BOOST_CHECK(video.direction == SdpDirection::SendRecv);
    BOOST_TEST(video.rtcpMux);
    BOOST_TEST(video.rtcpReducedSize);
    BOOST_TEST(!video.ssrcs.empty());
    const SdpCodec& vp8 = video.codecs.at(0);
    BOOST_TEST(vp8.name == "vp8");
    BOOST_TEST(vp8.clockRate == 90000U);
    BOOST_TEST(vp8.hasFeedback("nack pli"));
    BOOST_TEST(vp8.hasFeedback("transport-cc"));
    BOOST_TEST(video.codecs.at(1).parameter("apt").value() == "96");
    // TCP is off; the UDP candidates of both addresses stay.
    BOOST_TEST(offer->transport.candidates.size() == 2U);
}

BOOST_AUTO_TEST_CASE(firefox_names_and_session_level_fingerprint_are_handled) {
    const auto offer = parseOffer(fixture("sdp/firefox_send_and_recv.sdp"));
    BOOST_REQUIRE(offer.ok());
    BOOST_TEST(offer->transport.candidates.empty());  // all of them are .local names
    BOOST_TEST(offer->transport.endOfCandidates);
    BOOST_TEST(offer->media.at(3).transport.fingerprint == offer->transport.fingerprint);
    BOOST_TEST(!offer->media.at(3).rejected);  // port 0, but bundle-only
}

BOOST_AUTO_TEST_CASE(room_system_offers_are_refused_cleanly) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(TESSERA_SOURCE_DIR "/tests/fixtures/sip-sdp")) {
        refused(fixture("sip-sdp/" + entry.path().filename().string()), ErrorCode::InvalidArgument, "SDP");
        ++files;
    }
    BOOST_TEST(files >= 5U);
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named) {
    refused(withoutLines(chromium(), "a=fingerprint"), ErrorCode::InvalidArgument, "a=fingerprint is missing");
    refused(replaced(chromium(), "sha-256", "sha-1"), ErrorCode::InvalidArgument, "must be of sha-256");
    refused(withoutLines(chromium(), "a=ice-ufrag"), ErrorCode::InvalidArgument, "ICE credentials");
    refused(withoutLines(chromium(), "a=ice-pwd"), ErrorCode::InvalidArgument, "ICE credentials");
    refused(withoutLines(chromium(), "a=rtcp-mux"), ErrorCode::Unsupported, "rtcp-mux");
    refused(withoutLines(chromium(), "a=group"), ErrorCode::Unsupported, "BUNDLE");
    refused(replaced(chromium(), "BUNDLE 0 1", "BUNDLE 0"), ErrorCode::Unsupported, "BUNDLE");
    refused(withoutLines(chromium(), "v="), ErrorCode::InvalidArgument, "v=0");
    refused(withoutLines(chromium(), "o="), ErrorCode::InvalidArgument, "o=");
    refused(withoutLines(withoutLines(chromium(), "m="), "a=group"), ErrorCode::InvalidArgument, "no audio or video");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named_with_its_line) {
    refused("", ErrorCode::InvalidArgument, "empty");
    refused("hello", ErrorCode::InvalidArgument, "line 1");
    refused("v=0\r\nnonsense\r\n", ErrorCode::InvalidArgument, "line 2");
    refused("v=0\r\no=\x01\r\n", ErrorCode::InvalidArgument, "line 2");
    refused(replaced(chromium(), "BUNDLE 0 1", "BUNDLE 0 9"), ErrorCode::InvalidArgument, "9");
    refused(replaced(chromium(), "a=mid:1", "a=mid:0"), ErrorCode::InvalidArgument, "names two");
    refused(replaced(chromium(), "a=rtpmap:96 VP8/90000", "a=rtpmap:96 VP8"), ErrorCode::InvalidArgument, "rtpmap");
    refused(replaced(chromium(), "a=setup:actpass", "a=setup:holdconn"), ErrorCode::InvalidArgument, "setup");
    refused(replaced(chromium(), "sha-256 ", "sha-256 AB:"), ErrorCode::InvalidArgument, "32 bytes");
    refused(replaced(chromium(), "typ host", "typ guest"), ErrorCode::InvalidArgument, "candidate");
    refused(replaced(chromium(), "SAVPF 111 63", "SAVPF 111 111"), ErrorCode::InvalidArgument, "twice");
    refused(replaced(chromium(), "SAVPF 111 63", "SAVPF 300 63"), ErrorCode::InvalidArgument, "payload type");
}

BOOST_AUTO_TEST_CASE(contradicting_dtls_roles_are_refused) {
    std::string text = chromium();
    text.replace(text.find("a=setup:actpass"), 15, "a=setup:active ");
    refused(replaced(text, "a=setup:active ", "a=setup:active"), ErrorCode::InvalidArgument, "a=setup differs");
}

BOOST_AUTO_TEST_CASE(limits_hold) {
    std::string big = chromium();
    while (big.size() < 300 * 1024) big += "a=x-padding:0123456789012345678901234567890123456789\r\n";
    refused(big, ErrorCode::InvalidArgument, "at most 65536");
    refused(chromium() + "a=x:" + std::string(5000, 'x') + "\r\n", ErrorCode::InvalidArgument, "too long");
    std::string lines = chromium();
    for (int i = 0; i < 7; ++i) lines += "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n";
    refused(lines, ErrorCode::InvalidArgument, "too many m-lines");
    std::string types = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF";
    for (int i = 0; i < 65; ++i) types += ' ' + std::to_string(i);
    refused(types + "\r\n", ErrorCode::InvalidArgument, "too many payload types");
}

BOOST_AUTO_TEST_CASE(credentials_at_session_level_hold_for_every_media_line) {
    const std::string text = chromium();
    const auto line = [&](const std::string& start) {
        const std::size_t at = text.find(start);
        return text.substr(at, text.find('\n', at) + 1 - at);
    };
    std::string moved = text;
    for (const std::string start : {"a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"}) {
        moved = withoutLines(moved, start);
        moved.insert(moved.find("m="), line(start));
    }
    const auto offer = parseOffer(moved);
    BOOST_REQUIRE_MESSAGE(offer.ok(), (offer.ok() ? "" : offer.error().message));
    BOOST_TEST(offer->transport.isComplete());
    BOOST_TEST(offer->media.at(1).transport.isComplete());
    BOOST_CHECK(offer->transport.setup == DtlsSetup::ActPass);
}

BOOST_AUTO_TEST_CASE(truncations_and_flipped_bytes_never_crash) {
    const std::string text = chromium();
    std::size_t accepted = 0;
    for (std::size_t size = 0; size < text.size(); size += 7) accepted += parseOffer(text.substr(0, size)).ok() ? 1 : 0;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        std::string flipped = text;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x15);
        const auto offer = parseOffer(flipped);
        if (offer.ok()) (void)negotiate(*offer, {});
        accepted += offer.ok() ? 1 : 0;
    }
    BOOST_TEST(accepted > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
