#ifdef TESSERA_HAS_WEBRTC_CLIENT

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <iterator>

#include "peer_bench.h"
#include "rendition_pump.h"

namespace tessera {

using test::PeerBench;
using test::PeerBenchSession;
using test::UdpLink;
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

std::size_t entriesOf(const char* folder) {
    const std::filesystem::directory_iterator entries(folder);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}
std::size_t threads() {
    return entriesOf("/proc/self/task");
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

BOOST_AUTO_TEST_CASE(a_peer_that_vanishes_is_silent_and_then_closed) {
    PeerBench bench;
    UdpLink link;
    Session client(settingsFor("vp8", true, true));
    auto& session = bench.join(client, link);
    BOOST_REQUIRE(session.waitConnected());
    BOOST_REQUIRE(session.waitFor([&] { return session.feed->video.offered() > 0; }));
    link.block(true);
    const auto blockedAt = bench.timeline.now();
    BOOST_REQUIRE(session.waitFor([&] { return session.silences == 1; }));
    BOOST_TEST(session.closed == 0);
    BOOST_REQUIRE(session.waitFor([&] { return session.closed > 0; }));
    BOOST_TEST(toSeconds(session.closedAt - blockedAt) > 12);
    BOOST_TEST(toSeconds(session.closedAt - blockedAt) < 15);
    BOOST_TEST((session.feed->state() == SourceState::Ended));
    BOOST_TEST(session.peer->stats().state == "closed");
}

BOOST_AUTO_TEST_CASE(a_blackout_of_eight_seconds_is_survived) {
    PeerBench bench;
    UdpLink link;
    Session client(settingsFor("vp8", true, true));
    auto& session = bench.join(client, link);
    BOOST_REQUIRE(session.waitConnected());
    link.block(true);
    const auto blockedAt = bench.timeline.now();
    BOOST_REQUIRE(session.waitFor([&] { return bench.timeline.now() - blockedAt > std::chrono::seconds(8); }));
    const auto before = session.feed->video.offered();
    link.block(false);
    BOOST_TEST(session.waitFor([&] { return session.feed->video.offered() > before + 30; }));
    BOOST_TEST(session.silences == 1);
    BOOST_TEST(session.recoveries == 1);
    BOOST_TEST(session.closed == 0);
}

BOOST_AUTO_TEST_CASE(media_flows_both_ways_through_loss) {
    PeerBench bench;
    UdpLink link;
    Session client(settingsFor("vp8", true, true));
    auto& session = bench.join(client, link);
    BOOST_REQUIRE(session.waitConnected());
    link.loseEvery(20);
    test::RenditionPump pump(session, VideoCodec::Vp8);
    BOOST_TEST(session.waitFor([&] {
        pump.step();
        return client.received().frames >= 150 && session.feed->video.offered() >= 150;
    }));
    BOOST_TEST(session.feed->packetsLost.value() > 0);
}

BOOST_AUTO_TEST_CASE(receiving_peers_add_no_threads) {
    PeerBench bench;
    Session client(settingsFor("vp8", false, true));
    const auto offer = client.createOffer();
    const auto before = threads();
    for (int i = 0; i < 20; ++i) {
        auto& session = bench.sessions.emplace_back(bench.timeline);
        session.peer = bench.factory->createPeer(bench.specFor(offer, nullptr), session).value();
        BOOST_REQUIRE(session.waitAnswer());
    }
    BOOST_TEST(threads() <= before);  // those of earlier clients may still be ending
}

BOOST_AUTO_TEST_CASE(coming_and_going_leaves_no_threads_behind) {
    PeerBench bench;
    std::size_t threadsAtFirst = 0;
    for (int i = 0; i < 20; ++i) {
        Session client(settingsFor("vp8", true, false));
        auto& session = bench.join(client);
        BOOST_REQUIRE(session.waitConnected());
        const auto began = bench.timeline.now();
        session.peer.reset();
        BOOST_TEST(toSeconds(bench.timeline.now() - began) < 2);
        BOOST_TEST(session.closed == 0);
        if (i > 4) continue;  // pools of GLib and GStreamer fill in the first rounds
        threadsAtFirst = std::max(threadsAtFirst, threads());
    }
    BOOST_TEST(threads() <= threadsAtFirst);
}

BOOST_AUTO_TEST_CASE(an_offer_that_cannot_be_answered_is_refused_at_once) {
    PeerBench bench;
    PeerBenchSession session(bench.timeline);
    BOOST_TEST((bench.factory->createPeer(bench.specFor("nonsense", nullptr), session).error().code ==
                ErrorCode::InvalidArgument));
}

BOOST_AUTO_TEST_CASE(candidates_of_another_session_are_refused) {
    PeerBench bench;
    Session client(settingsFor("vp8", false, true));
    auto& session = bench.join(client, false);
    BOOST_REQUIRE(session.waitConnected());
    const std::string candidate = "a=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n";
    const auto other =
        session.peer->addRemoteCandidates("a=ice-ufrag:abcd\r\na=ice-pwd:" + std::string(22, 'x') + "\r\n" + candidate);
    BOOST_TEST((other.error().code == ErrorCode::Conflict));
    BOOST_TEST(session.peer->addRemoteCandidates(candidate).ok());
    BOOST_TEST((session.peer->addRemoteCandidates("nonsense").error().code == ErrorCode::InvalidArgument));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera

#endif
