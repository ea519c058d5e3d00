#include "pipelines/outputs/hls/hls_segmenter.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

using std::chrono::milliseconds;

struct MadeSegment {
    MediaTime begin{};
    bool isDiscontinuous = false;
    bool isComplete = false;
    std::vector<HlsPart> parts;
    Duration duration() const {
        Duration sum{};
        for (const auto& part : parts) sum += part.duration;
        return sum;
    }
};

struct Recorder final : HlsSink {
    void onInitialization(HlsBytes bytes, const std::string& codec) override {
        initializations.push_back(*bytes);
        codecs = codec;
    }
    void onSegmentBegin(MediaTime begin, bool isDiscontinuous) override {
        segments.push_back({begin, isDiscontinuous, false, {}});
    }
    Status onPart(HlsPart part) override {
        segments.back().parts.push_back(std::move(part));
        return kOk;
    }
    void onSegmentEnd() override { segments.back().isComplete = true; }
    std::vector<std::string> initializations;
    std::string codecs;
    std::vector<MadeSegment> segments;
};

constexpr FrameRate kRate{30, 1};

HlsSegmenterSpec pictureAndSound() {
    HlsSegmenterSpec spec;
    spec.video = VideoEncodeSpec{VideoCodec::H264, {320, 180}, kRate, 800, 2000};
    spec.audio = AudioEncodeSpec{AudioCodec::Aac, 96};
    spec.part = hlsPartTarget(milliseconds(333), *spec.video, true);
    return spec;
}

/// Packets as an encoder of 30 pictures a second dates them.
struct Source {
    explicit Source(HlsSegmenter& to) : segmenter(to) {}

    void picture(std::int64_t tick, bool isKeyframe) {
        auto packet = std::make_shared<Packet>();
        packet->keyframe = isKeyframe;
        packet->pts = MediaTime(kRate.tickTime(tick));
        packet->duration = kRate.period();
        packet->sequence = sequence++;
        const std::uint8_t parameters[] = {0, 0, 0, 1, 0x67, 0x42, 0xc0, level, 0x8c,
                                           0, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80};
        if (isKeyframe) packet->bytes.assign(std::begin(parameters), std::end(parameters));
        for (const int byte : {0, 0, 0, 1, isKeyframe ? 0x65 : 0x41})
            packet->bytes.push_back(static_cast<std::uint8_t>(byte));
        packet->bytes.resize(packet->bytes.size() + 500, 0xaa);
        BOOST_REQUIRE(segmenter.write(packet).ok());
    }

    void soundUntil(Duration end) {
        for (; Duration(heard * 1024 * kNanosecondsPerSecond / 48'000) < end; ++heard) {
            auto packet = std::make_shared<Packet>();
            packet->kind = MediaKind::Audio;
            packet->pts = MediaTime(Duration(heard * 1024 * kNanosecondsPerSecond / 48'000));
            packet->duration = Duration(1024 * kNanosecondsPerSecond / 48'000);
            packet->bytes.assign(100, 0x21);
            BOOST_REQUIRE(segmenter.write(packet).ok());
        }
    }

    /// Pictures [from, to) with a keyframe each `interval`, and sound beside them.
    void run(std::int64_t from, std::int64_t to, std::int64_t interval = 60) {
        for (std::int64_t tick = from; tick < to; ++tick) {
            soundUntil(kRate.tickTime(tick));
            picture(tick, (tick - from) % interval == 0);
        }
    }

    HlsSegmenter& segmenter;
    std::uint64_t sequence = 0;
    std::int64_t heard = 0;
    std::uint8_t level = 0x1e;
};

double totalSeconds(const Recorder& made) {
    Duration sum{};
    for (const auto& segment : made.segments) sum += segment.duration();
    return toSeconds(sum);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hls_segmenter)

BOOST_AUTO_TEST_CASE(durations_sum_to_the_media_time_and_every_segment_begins_with_a_keyframe) {
    for (const HlsContainer container : {HlsContainer::Fmp4, HlsContainer::MpegTs}) {
        auto spec = pictureAndSound();
        spec.container = container;
        Recorder made;
        HlsSegmenter segmenter(spec, made, {});
        Source source(segmenter);
        source.run(30, 330);
        BOOST_REQUIRE(segmenter.finish().ok());
        BOOST_TEST(made.codecs == "avc1.42C01E,mp4a.40.2");
        BOOST_REQUIRE(made.segments.size() == 5U);
        BOOST_TEST(std::abs(totalSeconds(made) - 10) < 1e-6);
        BOOST_TEST(std::abs(toSeconds(segmenter.duration()) - 10) < 1e-6);
        for (std::size_t i = 0; i < 5; ++i) {
            const MadeSegment& segment = made.segments[i];
            BOOST_TEST(segment.isComplete);
            BOOST_TEST(!segment.isDiscontinuous);
            BOOST_TEST((segment.begin == MediaTime(kRate.tickTime(30 + 60 * static_cast<std::int64_t>(i)))));
            BOOST_TEST(segment.parts.size() == 6U);
            BOOST_TEST(segment.parts.front().isIndependent);
            BOOST_TEST(!segment.parts.back().isIndependent);
            BOOST_TEST(segment.parts.front().bytes->size() > 10U * 500U);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_part_is_longer_than_its_target_and_only_the_last_of_a_segment_is_much_shorter) {
    const auto spec = pictureAndSound();
    for (const bool isStill : {false, true}) {
        Recorder made;
        HlsSegmenter segmenter(spec, made, {});
        Source source(segmenter);
        for (std::int64_t tick = 0; tick < 600; ++tick) {
            source.soundUntil(kRate.tickTime(tick));
            const bool isLeftOut = isStill ? tick % 15 != 0 : tick % 7 == 3 || tick % 50 > 40;
            if (!isLeftOut) source.picture(tick, tick % 60 == 0);
        }
        BOOST_REQUIRE(segmenter.finish().ok());
        BOOST_TEST(made.segments.size() >= 9U);
        for (const auto& segment : made.segments) {
            for (std::size_t i = 0; i < segment.parts.size(); ++i) {
                const auto& part = segment.parts[i];
                BOOST_TEST(!part.bytes->empty());
                BOOST_TEST((part.duration <= spec.part));
                if (i + 1 < segment.parts.size()) BOOST_TEST(toSeconds(part.duration) > 0.85 * toSeconds(spec.part));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(lost_packets_a_jump_in_time_and_new_parameter_sets_begin_a_discontinuous_segment) {
    Recorder made;
    int requests = 0;
    HlsSegmenter segmenter(pictureAndSound(), made, [&] { ++requests; });
    Source source(segmenter);
    source.run(0, 90);
    source.sequence += 5;
    source.run(95, 155);     // lost packets
    source.run(1000, 1060);  // a jump
    source.run(500, 560);    // back, as after a restart
    source.level = 0x28;
    source.run(560, 620);  // other parameter sets
    BOOST_REQUIRE(segmenter.finish().ok());
    std::vector<bool> marks;
    for (const auto& segment : made.segments) marks.push_back(segment.isDiscontinuous);
    BOOST_TEST(marks == (std::vector<bool>{false, false, true, true, true, true}), boost::test_tools::per_element());
    BOOST_TEST(made.initializations.size() == 5U);
    BOOST_TEST(made.initializations[0] == made.initializations[1]);
    BOOST_TEST(made.initializations[3] != made.initializations[4]);
    BOOST_TEST(made.codecs == "avc1.42C028,mp4a.40.2");
    BOOST_TEST(std::abs(totalSeconds(made) - 11) < 1e-6);
    BOOST_TEST(requests == 0);
}

BOOST_AUTO_TEST_CASE(an_overdue_segment_asks_for_a_keyframe) {
    Recorder made;
    bool isRequested = false;
    HlsSegmenter segmenter(pictureAndSound(), made, [&] { isRequested = true; });
    Source source(segmenter);
    for (std::int64_t tick = 0; tick < 400; ++tick) {
        source.soundUntil(kRate.tickTime(tick));
        source.picture(tick, tick == 0 || std::exchange(isRequested, false));
    }
    BOOST_REQUIRE(segmenter.finish().ok());
    BOOST_TEST(made.segments.size() >= 6U);
    for (const auto& segment : made.segments) {
        BOOST_TEST(!segment.isDiscontinuous);
        BOOST_TEST(toSeconds(segment.duration()) < 2.3);
    }
}

BOOST_AUTO_TEST_CASE(a_keyframe_for_a_new_viewer_cuts_only_a_segment_that_is_long_enough) {
    Recorder made;
    HlsSegmenter segmenter(pictureAndSound(), made, {});
    Source source(segmenter);
    for (std::int64_t tick = 0; tick < 240; ++tick) {
        source.soundUntil(kRate.tickTime(tick));
        source.picture(tick, tick % 60 == 0 || tick == 70 || tick == 165);
    }
    BOOST_REQUIRE(segmenter.finish().ok());
    std::vector<std::int64_t> lengths;
    for (const auto& segment : made.segments) lengths.push_back(toMilliseconds(segment.duration() + milliseconds(1)));
    BOOST_TEST(lengths == (std::vector<std::int64_t>{2001, 2001, 1501, 2500}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(parts_hold_whole_pictures_and_a_still_view_without_sound_has_longer_ones) {
    const VideoEncodeSpec video{VideoCodec::H264, {320, 180}, {30'000, 1001}, 800, 2000};
    BOOST_TEST(toMilliseconds(hlsPartTarget(milliseconds(333), video, true)) == 333);
    BOOST_TEST(toMilliseconds(hlsPartTarget(milliseconds(200), video, true)) == 200);
    BOOST_TEST(toMilliseconds(hlsPartTarget(milliseconds(1), video, true)) == 33);
    BOOST_TEST(toMilliseconds(hlsPartTarget(milliseconds(333), video, false)) == 533);
    BOOST_TEST(hlsTargetDuration(milliseconds(2000)) == 3);
    BOOST_TEST(hlsTargetDuration(milliseconds(6500)) == 8);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
