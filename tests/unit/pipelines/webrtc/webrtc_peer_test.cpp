#include <boost/test/unit_test.hpp>

#include "peer_bench.h"
#include "pipelines/webrtc/webrtc_peer_factory.h"

namespace tessera {

using test::PeerBench;
using test::WebRtcClient;
using test::WebRtcClientOptions;

BOOST_AUTO_TEST_SUITE(webrtc_peer)

BOOST_AUTO_TEST_CASE(a_vp8_sender_fills_its_feed) {
    PeerBench bench;
    WebRtcClientOptions options;
    options.sendsVideo = options.sendsAudio = true;
    WebRtcClient client(options);
    auto& session = bench.join(client);
    BOOST_REQUIRE(session.waitConnected());
    BOOST_TEST(session.waitFor([&] { return session.feed->video.offered() >= 30; }));
    BOOST_TEST(session.feed->width.value() == 640);
    BOOST_TEST(session.feed->height.value() == 360);
    BOOST_TEST((session.feed->state() == SourceState::Live));
    BOOST_TEST(session.waitFor([&] { return session.toneLevelDb(440) > -20; }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
