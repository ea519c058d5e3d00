#include "pipelines/media_factory.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/packet_collector.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(media_factory)

BOOST_AUTO_TEST_CASE(it_makes_everything_that_a_meeting_asks_for) {
    const auto factory = createMediaFactory();
    PacketCollector packets;
    for (const auto codec : {VideoCodec::H264, VideoCodec::Vp8}) {
        VideoEncodeSpec spec;
        spec.codec = codec;
        BOOST_TEST(factory->createVideoEncoder(spec, packets).ok());
    }
    for (const auto codec : {AudioCodec::Opus, AudioCodec::Aac}) {
        BOOST_TEST(factory->createAudioEncoder({codec, 64}, packets).ok());
    }
    const SteadyClock clock;
    const Timeline timeline(clock, clock.now());
    BOOST_TEST(factory->createIngest({}, timeline, std::make_shared<SourceFeed>()).ok());
    IngestSpec file;
    file.kind = "file";
    file.params.set("url", "missing.mp4");
    const auto missing = factory->createIngest(file, timeline, std::make_shared<SourceFeed>());
    BOOST_TEST((missing.error().code == ErrorCode::Unsupported));
    BOOST_TEST(factory->createOutput({.kind = "recording"}).error().field == "video");
    BOOST_TEST(factory->createOutput({.kind = "fax"}).error().field == "kind");
    BOOST_TEST(factory->outputTraits("fax", {}).error().field == "kind");
    BOOST_TEST(factory->createCompositor("meeting") != nullptr);
    BOOST_TEST(factory->textRasterizer().label("Ada", 20, 160).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
