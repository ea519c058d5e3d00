#include <boost/test/unit_test.hpp>
#include <vector>

#include "mcu/media/device_picture.h"

#include "gpu/gpu_engines.h"
#include "pipelines/codecs/source_decoder.h"
#include "tests/support/encoded_video.h"
#include "tests/support/fake_cuvid/painted_picture.h"
#include "tests/support/fake_gpu.h"
#include "tests/support/fake_nvdec.h"

namespace tessera {
namespace {

constexpr FrameRate kRate{30, 1};

MediaTime at(std::int64_t tick) {
    return MediaTime(kRate.tickTime(tick));
}

/// Sources decoded on the stand-in GPU.
struct Bench {
    explicit Bench(const char* cuvidPlan = "", int decoders = 8) : nvdec(cuvidPlan) {
        GpuSettings settings;
        settings.libraryFolder = FakeNvdec::folder();
        settings.decoding.decoders = decoders;
        engines = GpuEngines::open(settings);
        BOOST_REQUIRE(engines->pick() != nullptr);
        table = videoDecodersOf(engines, "meeting");
    }

    FakeGpu gpu;
    FakeNvdec nvdec;
    std::shared_ptr<const GpuEngines> engines;
    VideoDecoderTable table;
};

struct Source {
    Source(const Bench& bench, VideoCodec codec) : decoder(codec, bench.table, feed) {}

    void decode(const std::vector<PacketPtr>& packets) {
        for (const auto& packet : packets) decoder.decode({packet->bytes, packet->pts, packet->keyframe, false});
    }
    FramePtr newest() { return feed->video.take(at(100'000)); }

    SourceFeedPtr feed = std::make_shared<SourceFeed>();
    SourceDecoder decoder;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gpu_decoding)

BOOST_AUTO_TEST_CASE(real_streams_are_decoded_on_the_gpu_in_their_sizes) {
    for (const auto codec : {VideoCodec::H264, VideoCodec::Vp8}) {
        BOOST_TEST_CONTEXT(toString(codec)) {
            Bench bench;
            Source source(bench, codec);
            source.decode(encodedGrey(codec, {640, 360}, 100, 0, 10));
            source.decode(encodedGrey(codec, {328, 184}, 100, 10, 10));
            BOOST_TEST(source.decoder.decoderName() == "nvdec");
            BOOST_TEST(source.feed->video.offered() == 20U);
            BOOST_TEST(source.feed->width.value() == 328);
            const auto frame = source.newest();
            BOOST_REQUIRE(frame != nullptr);
            BOOST_TEST((frame->memory == MemoryKind::Cuda));
            BOOST_TEST((frame->size == Size{328, 184}));
            BOOST_TEST((frame->pts == at(19)));
            const auto host = hostFrame(frame);
            BOOST_REQUIRE(host.ok());
            BOOST_TEST(int((*host)->planes[0].data[5]) == int(fake::paintedLuma(19, 5, 0)));
            BOOST_TEST(bench.nvdec.violations() == 0);
            BOOST_TEST(!source.decoder.takeKeyframeNeeded());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_size_below_the_devices_is_decoded_in_software_and_a_larger_one_on_the_device_again) {
    Bench bench("min_width=256");
    Source source(bench, VideoCodec::Vp8);
    source.decode(encodedGrey(VideoCodec::Vp8, {640, 360}, 100, 0, 5));
    BOOST_TEST(source.decoder.decoderName() == "nvdec");
    source.decode(encodedGrey(VideoCodec::Vp8, {160, 90}, 100, 5, 45));
    BOOST_TEST(source.decoder.decoderName() == "software");
    BOOST_TEST((source.newest()->memory == MemoryKind::Host));
    BOOST_TEST(source.feed->video.offered() == 50U);  // not one was lost on the way
    source.decode(encodedGrey(VideoCodec::Vp8, {640, 360}, 100, 50, 30));
    BOOST_TEST(source.decoder.decoderName() == "nvdec");
    BOOST_TEST((source.newest()->memory == MemoryKind::Cuda));
    BOOST_TEST(source.feed->video.offered() == 80U);
}

BOOST_AUTO_TEST_CASE(more_sources_than_decoders_are_decoded_in_software) {
    Bench bench("", 1);
    Source first(bench, VideoCodec::H264), second(bench, VideoCodec::H264);
    const auto packets = encodedGrey(VideoCodec::H264, {640, 360}, 100, 0, 5);
    first.decode(packets);
    second.decode(packets);
    BOOST_TEST(first.decoder.decoderName() == "nvdec");
    BOOST_TEST(second.decoder.decoderName() == "software");
    BOOST_TEST(second.feed->video.offered() == 5U);
}

BOOST_AUTO_TEST_CASE(a_codec_that_the_device_lacks_is_decoded_in_software) {
    Bench bench("without=9");  // VP8
    Source source(bench, VideoCodec::Vp8);
    source.decode(encodedGrey(VideoCodec::Vp8, {640, 360}, 100, 0, 5));
    BOOST_TEST(source.decoder.decoderName() == "software");
    BOOST_TEST(source.feed->video.offered() == 5U);
}

BOOST_AUTO_TEST_CASE(the_loss_of_the_device_leaves_every_source_to_software_from_its_next_keyframe_on) {
    Bench bench;
    Source first(bench, VideoCodec::H264), second(bench, VideoCodec::Vp8);
    const auto h264 = encodedGrey(VideoCodec::H264, {640, 360}, 100, 0, 45);
    const auto vp8 = encodedGrey(VideoCodec::Vp8, {640, 360}, 100, 0, 45);
    const auto part = [](const auto& all, std::ptrdiff_t begin, std::ptrdiff_t end) {
        return std::vector<PacketPtr>(all.begin() + begin, all.begin() + end);
    };
    first.decode(part(h264, 0, 20));
    second.decode(part(vp8, 0, 20));
    bench.nvdec.reset("cuvidMapVideoFrame=700");
    first.decode(part(h264, 20, 21));
    BOOST_TEST(first.decoder.takeKeyframeNeeded());
    BOOST_TEST(bench.engines->pick() == nullptr);
    second.decode(part(vp8, 20, 21));  // had no error of its own
    BOOST_TEST(second.decoder.takeKeyframeNeeded());
    BOOST_TEST((hostFrame(first.newest()).error().code == ErrorCode::Device));
    first.decode(part(h264, 21, 45));
    second.decode(part(vp8, 21, 45));
    for (Source* source : {&first, &second}) {
        BOOST_TEST(source->decoder.decoderName() == "software");
        BOOST_TEST((source->newest()->memory == MemoryKind::Host));
        BOOST_TEST(source->feed->video.offered() == 20U + 15U);  // from the keyframe at 30 on
    }
}

BOOST_AUTO_TEST_CASE(damaged_pictures_ask_for_a_keyframe_and_the_decoder_goes_on) {
    Bench bench("status@4=8");
    Source source(bench, VideoCodec::H264);
    source.decode(encodedGrey(VideoCodec::H264, {640, 360}, 100, 0, 8));
    BOOST_TEST(source.decoder.takeKeyframeNeeded());
    BOOST_TEST(source.feed->video.offered() == 7U);
    BOOST_TEST(source.feed->decodeErrors.value() == 1U);
    BOOST_TEST(source.decoder.decoderName() == "nvdec");
}

BOOST_AUTO_TEST_CASE(a_picture_on_the_device_is_encoded_in_software_and_copied_once_for_all_encoders) {
    Bench bench;
    Source source(bench, VideoCodec::H264);
    source.decode(encodedGrey(VideoCodec::H264, {640, 360}, 100, 0, 1));
    const auto frame = source.newest();
    BOOST_REQUIRE((frame->memory == MemoryKind::Cuda));
    VideoEncodeSpec spec;
    spec.size = {640, 360};
    const auto before = bench.gpu.calls("cuMemcpy2DAsync");
    PacketCollector first, second;
    auto one = createVideoEncoder(spec, first);
    auto other = createVideoEncoder(spec, second);
    (*one)->offer(frame);
    (*other)->offer(frame);
    BOOST_REQUIRE(first.waitFor(1));
    BOOST_REQUIRE(second.waitFor(1));
    BOOST_TEST(bench.gpu.calls("cuMemcpy2DAsync") - before == 2);  // one picture: two planes
}

BOOST_AUTO_TEST_CASE(the_probe_lists_what_each_gpu_decodes) {
    Bench bench("without=11");
    int lines = 0;
    for (const auto& decoder : probeDecoders(bench.engines.get())) {
        if (decoder.element != "nvdec0") continue;
        ++lines;
        BOOST_TEST(decoder.available == (decoder.codec != "av1"), decoder.codec << ": " << decoder.reason);
    }
    BOOST_TEST(lines == 5);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
