#include "pipelines/codecs/source_decoder.h"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "pipelines/webrtc/decode_leg.h"
#include "pipelines/webrtc/rtp/packetizer.h"
#include "pipelines/webrtc/rtp/rtp_stream_writer.h"
#include "tests/support/encoded_video.h"

namespace tessera {
namespace {

constexpr FrameRate kRate{30, 1};

MediaTime at(std::int64_t tick) {
    return MediaTime(kRate.tickTime(tick));
}

/// What the decoders of a scripted row do, and what was done with them.
struct Script {
    std::vector<DecodeOutcome> outcomes;  ///< of the coming access units; Accepted when there are no more
    std::size_t next = 0;
    int made = 0, drained = 0;
    std::vector<MediaTime> decoded;
    Size size{640, 360};
    bool isAvailable = true;
};

class ScriptedDecoder final : public VideoDecoder {
public:
    ScriptedDecoder(Script& script, FrameSink& pictures) : script_(script), pictures_(pictures) {}
    DecodeOutcome decode(const AccessUnit& unit) override {
        const auto outcome =
            script_.next < script_.outcomes.size() ? script_.outcomes[script_.next++] : DecodeOutcome::Accepted;
        if (outcome != DecodeOutcome::Accepted) return outcome;
        script_.decoded.push_back(unit.pts);
        pictures_.offer(greyPicture(script_.size, 128, unit.pts));
        return outcome;
    }
    void drain() override { ++script_.drained; }
    std::string_view name() const override { return "scripted"; }

private:
    Script& script_;
    FrameSink& pictures_;
};

VideoDecoderRow rowOf(std::string_view name, Script& script) {
    return {name, [&script](VideoCodec, FrameSink& pictures) -> Result<std::unique_ptr<VideoDecoder>> {
                if (!script.isAvailable) return unsupported("not here");
                ++script.made;
                return std::unique_ptr<VideoDecoder>(std::make_unique<ScriptedDecoder>(script, pictures));
            }};
}

struct Bench {
    Script first, second;
    SourceFeedPtr feed = std::make_shared<SourceFeed>();
    SourceDecoder decoder{VideoCodec::H264,
                          std::make_shared<const std::vector<VideoDecoderRow>>(std::vector<VideoDecoderRow>{
                              rowOf("first", first), rowOf("second", second)}),
                          feed};

    void decode(std::int64_t tick, bool keyframe) {
        const std::uint8_t byte = 0;
        decoder.decode({{&byte, 1}, at(tick), keyframe, false});
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(source_decoder)

BOOST_AUTO_TEST_CASE(the_first_row_decodes_while_it_can) {
    Bench bench;
    for (int i = 0; i < 5; ++i) bench.decode(i, i == 0);
    BOOST_TEST(bench.first.decoded.size() == 5U);
    BOOST_TEST(bench.second.made == 0);
    BOOST_TEST(bench.feed->video.offered() == 5U);
    BOOST_TEST(bench.feed->width.value() == 640);
    BOOST_TEST(!bench.decoder.takeKeyframeNeeded());
}

BOOST_AUTO_TEST_CASE(a_refused_keyframe_is_decoded_by_the_next_row_at_once) {
    Bench bench;
    bench.first.outcomes = {DecodeOutcome::Accepted, DecodeOutcome::Unfit};
    bench.decode(0, true);
    bench.decode(1, true);
    BOOST_REQUIRE(bench.second.decoded.size() == 1U);
    BOOST_TEST((bench.second.decoded[0] == at(1)));
    BOOST_TEST(!bench.decoder.takeKeyframeNeeded());
}

BOOST_AUTO_TEST_CASE(a_refusal_between_keyframes_waits_for_one) {
    Bench bench;
    bench.first.outcomes = {DecodeOutcome::Accepted, DecodeOutcome::Unfit};
    bench.decode(0, true);
    bench.decode(1, false);
    BOOST_TEST(bench.decoder.takeKeyframeNeeded());
    bench.decode(2, false);
    BOOST_TEST(bench.second.decoded.empty());
    bench.decode(3, true);
    BOOST_TEST(bench.second.decoded.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_preferred_row_comes_back_when_the_size_has_changed) {
    Bench bench;
    bench.first.outcomes = {DecodeOutcome::Unfit};
    bench.second.size = {160, 90};
    for (int i = 0; i < 40; ++i) bench.decode(i, i % 10 == 0);
    BOOST_TEST(bench.first.made == 1);  // the size is still the refused one
    bench.second.size = {1280, 720};
    bench.decode(40, true);
    BOOST_TEST(bench.first.decoded.empty());
    bench.decode(41, false);
    bench.decode(50, true);
    BOOST_TEST(bench.second.drained == 1);
    BOOST_TEST(bench.first.made == 2);
    BOOST_TEST(bench.first.decoded.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_decoder_that_fails_is_made_anew_and_a_keyframe_asked_for) {
    Bench bench;
    bench.first.outcomes = {DecodeOutcome::Accepted, DecodeOutcome::Failed};
    bench.decode(0, true);
    bench.decode(1, false);
    BOOST_TEST(bench.decoder.takeKeyframeNeeded());
    BOOST_TEST(bench.decoder.decoderName().empty());
    bench.decode(2, false);
    BOOST_TEST(bench.first.made == 1);
    bench.decode(3, true);
    BOOST_TEST(bench.first.made == 2);
    BOOST_TEST((bench.first.decoded.back() == at(3)));
    BOOST_TEST(bench.second.made == 0);
}

BOOST_AUTO_TEST_CASE(three_failures_in_ten_seconds_leave_the_source_to_the_next_row_for_a_minute) {
    Bench bench;
    bench.first.outcomes.assign(3, DecodeOutcome::Failed);
    std::int64_t tick = 0;
    for (; bench.second.made == 0; tick += 30) bench.decode(tick, true);
    BOOST_TEST(tick <= 30 * 6);
    BOOST_TEST(bench.first.made == 3);
    const auto left = tick;
    for (; bench.first.decoded.empty(); tick += 30) bench.decode(tick, true);
    BOOST_TEST((tick - left) / 30 >= 58);
    BOOST_TEST((tick - left) / 30 <= 63);
}

BOOST_AUTO_TEST_CASE(a_machine_without_any_decoder_loses_pictures_and_tries_once_a_second) {
    Bench bench;
    bench.first.isAvailable = bench.second.isAvailable = false;
    bench.decode(0, true);
    BOOST_TEST(bench.decoder.takeKeyframeNeeded());
    bench.second.isAvailable = true;
    bench.decode(15, true);
    BOOST_TEST(bench.second.made == 0);
    bench.decode(31, true);
    BOOST_TEST(bench.second.decoded.size() == 1U);
}

BOOST_AUTO_TEST_CASE(software_decodes_each_codec_that_peers_send_through_sizes_and_damage) {
    for (const auto codec : {VideoCodec::H264, VideoCodec::Vp8}) {
        BOOST_TEST_CONTEXT(toString(codec)) {
            auto feed = std::make_shared<SourceFeed>();
            SourceDecoder decoder(codec, softwareVideoDecoders(), feed);
            for (const Size size : {Size{320, 180}, Size{640, 360}}) {
                for (const auto& packet : encodedGrey(codec, size, 128, 0, 10)) {
                    decoder.decode({packet->bytes, packet->pts, packet->keyframe, false});
                }
                BOOST_TEST(feed->width.value() == size.width);
                const auto frame = feed->video.take(at(9));
                BOOST_REQUIRE(frame != nullptr);
                BOOST_TEST((frame->size == size));
                BOOST_TEST((frame->pts == at(9)));
                BOOST_TEST(int(frame->planes[0].data[0]) >= 126);
                BOOST_TEST(int(frame->planes[0].data[0]) <= 130);
            }
            BOOST_TEST(feed->video.offered() == 20U);
            BOOST_TEST(!decoder.takeKeyframeNeeded());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_software_cannot_decode_is_not_shown_and_a_keyframe_mends_it) {
    for (const auto codec : {VideoCodec::H264, VideoCodec::Vp8}) {
        BOOST_TEST_CONTEXT(toString(codec)) {
            auto feed = std::make_shared<SourceFeed>();
            SourceDecoder decoder(codec, softwareVideoDecoders(), feed);
            const auto packets = encodedGrey(codec, {320, 180}, 128, 0, 16);  // keyframes at 0 and 15
            decoder.decode({packets[0]->bytes, packets[0]->pts, true, false});
            BOOST_TEST(!decoder.takeKeyframeNeeded());
            const std::vector<std::uint8_t> rubbish{0x01};
            decoder.decode({rubbish, at(1), false, false});
            BOOST_TEST(decoder.takeKeyframeNeeded());
            BOOST_REQUIRE(packets[15]->keyframe);
            decoder.decode({packets[15]->bytes, packets[15]->pts, true, false});
            BOOST_TEST(feed->video.offered() == 2U);
            BOOST_TEST(!decoder.takeKeyframeNeeded());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_decode_leg_whose_pipeline_fails_is_rebuilt_and_decodes_on) {
    auto feed = std::make_shared<SourceFeed>();
    DecodeLeg::Settings settings;
    settings.video = VideoCodec::Vp8;
    settings.audio = true;
    auto leg = DecodeLeg::create(settings, feed);
    BOOST_REQUIRE(leg.ok());
    const auto packets = encodedGrey(VideoCodec::Vp8, {320, 180}, 128, 0, 30);
    RtpStreamWriter writer({1, 96, 90000, 100, 0});
    const auto push = [&](const PacketPtr& packet) {
        const auto cut = packetize(*packet, VideoCodec::Vp8);
        BOOST_REQUIRE(writer.begin(*cut));
        for (std::size_t i = 0; i < cut->count(); ++i) {
            (*leg)->pushVideo(plainRtp(writer.next(*cut, i), cut->payload(i)), packet->pts);
        }
    };
    const auto waitForPictures = [&](std::uint64_t count) {
        Mutex mutex;
        CondVar wake;
        const SteadyClock clock;
        const auto deadline = clock.now() + std::chrono::seconds(30);
        while (feed->video.offered() < count && clock.now() < deadline) {
            Lock lock(mutex);
            wake.waitFor(mutex, std::chrono::milliseconds(5), [] { return false; });
        }
        return feed->video.offered() >= count;
    };
    for (std::size_t i = 0; i < 10; ++i) push(packets[i]);
    BOOST_REQUIRE(waitForPictures(10));
    (*leg)->breakPipeline();
    for (std::size_t i = 10; i < 30; ++i) push(packets[i]);
    BOOST_TEST((*leg)->takeKeyframeNeeded());
    // Those after the break wait for the next keyframe, the 15th.
    BOOST_TEST(waitForPictures(25));
    BOOST_TEST(feed->video.offered() == 25U);
    (*leg)->stop(std::chrono::seconds(1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
