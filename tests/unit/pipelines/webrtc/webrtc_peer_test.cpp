#ifdef TESSERA_HAS_WEBRTC_CLIENT

#include <boost/test/unit_test.hpp>

#include "peer_bench.h"
#include "rendition_pump.h"

namespace tessera {

using test::PeerBench;
using test::PeerBenchSession;
using webrtc_client::Session;
using webrtc_client::SessionSettings;

namespace {

SessionSettings settingsFor(const char* codec, bool sends, bool receives) {
    SessionSettings settings;
    settings.codec = codec;
    settings.sends = sends;
    settings.receives = receives;
    return settings;
}

std::string falsified(std::string sdp) {
    static const std::string kPrefix = "a=fingerprint:sha-256 ";
    for (auto at = sdp.find(kPrefix); at != std::string::npos; at = sdp.find(kPrefix, at + 1)) {
        auto& digit = sdp[at + kPrefix.size()];
        digit = digit == 'A' ? 'B' : 'A';
    }
    return sdp;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(webrtc_peer)

BOOST_AUTO_TEST_CASE(what_a_peer_sends_fills_its_feed) {
    for (const char* codec : {"vp8", "h264"}) {
        BOOST_TEST_CONTEXT(codec) {
            PeerBench bench;
            Session client(settingsFor(codec, true, false));
            auto& session = bench.join(client);
            BOOST_REQUIRE(session.waitConnected());
            BOOST_TEST(session.waitFor([&] { return session.feed->video.offered() >= 30; }));
            BOOST_TEST(session.feed->width.value() == 640);
            BOOST_TEST(session.feed->height.value() == 360);
            BOOST_TEST((session.feed->state() == SourceState::Live));
            BOOST_TEST(session.waitFor([&] { return session.toneLevelDb(440) > -20; }));
            BOOST_TEST(session.toneLevelDb(700) < -40);
            BOOST_TEST(session.peer->stats().state == "connected");
            BOOST_TEST(session.peer->stats().packetsReceived > 30);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_peer_with_a_false_fingerprint_is_closed_and_nothing_of_it_taken) {
    PeerBench bench;
    Session client(settingsFor("vp8", true, false));
    auto& session = bench.join(client, true, falsified);
    BOOST_REQUIRE(session.waitFor([&] { return session.closed > 0; }));
    BOOST_TEST(session.connected == 0);
    BOOST_TEST((session.reasonClosed->code == ErrorCode::Forbidden));
    BOOST_TEST(session.reasonClosed->message.find("fingerprint") != std::string::npos);
    BOOST_TEST(session.feed->packetsReceived.value() == 0);
    BOOST_TEST(session.peer->stats().packetsReceived == 0);
}

BOOST_AUTO_TEST_CASE(renditions_reach_a_peer_that_receives) {
    for (const auto codec : {VideoCodec::Vp8, VideoCodec::H264}) {
        BOOST_TEST_CONTEXT(toString(codec)) {
            PeerBench bench;
            Session client(settingsFor(std::string(toString(codec)).c_str(), false, true));
            auto& session = bench.join(client, false);
            BOOST_REQUIRE(session.waitConnected());
            test::RenditionPump pump(session, codec);
            BOOST_TEST(session.waitFor([&] {
                pump.step();
                const auto received = client.received();
                return received.frames >= 30 && received.audioSamples > 96000;
            }));
            const auto received = client.received();
            BOOST_TEST(received.width == 320);
            BOOST_TEST(received.height == 180);
            BOOST_TEST(webrtc_client::toneAmplitude(received.newestAudio, 600) > 0.1);
            BOOST_TEST(session.peer->stats().packetsSent > 30);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#endif
