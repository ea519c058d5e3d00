#include "mcu/meeting/rendition_pool.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/fake_media.h"

namespace tessera {
namespace {

struct KeyframeCounter final : PacketSink {
    void offer(PacketPtr packet) override {
        ++packets;
        if (packet->keyframe) ++keyframes;
    }
    int packets = 0, keyframes = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rendition_pool)

BOOST_AUTO_TEST_CASE(an_output_asks_for_keyframes_for_as_long_as_its_encode_lives) {
    test::FakeMediaFactory media;
    Reaper reaper;
    RenditionPool pool(media, reaper);
    const auto sink = std::make_shared<KeyframeCounter>();
    BOOST_TEST(!pool.keyframeRequest(sink.get()));
    BOOST_REQUIRE(pool.subscribeVideo({ViewId::fromString("main").value(), {}}, sink).ok());
    const auto request = pool.keyframeRequest(sink.get());
    BOOST_REQUIRE(!!request);
    const auto encode = [&] { pool.video().begin()->second.encoder->offer(std::make_shared<VideoFrame>()); };
    encode();
    encode();
    BOOST_TEST(sink->keyframes == 1);  // the first
    request();
    encode();
    BOOST_TEST(sink->keyframes == 2);
    BOOST_TEST(sink->packets == 3);
    pool.unsubscribe(sink.get());
    request();
    BOOST_TEST(!pool.keyframeRequest(sink.get()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
