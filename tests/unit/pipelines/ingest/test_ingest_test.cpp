#include "pipelines/ingest/test_ingest.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "pipelines/ingest/frame_code.h"
#include "tests/support/frame_code_reader.h"

namespace tessera {
namespace {

constexpr FrameRate kRate{30, 1};

double meanLuma(const VideoFrame& frame) {
    double sum = 0;
    for (int y = 0; y < frame.size.height; ++y) {
        for (int x = 0; x < frame.size.width; ++x) sum += frame.planes[0].data[y * frame.planes[0].stride + x];
    }
    return sum / (frame.size.width * frame.size.height);
}

Yuv pixel(const VideoFrame& frame, int x, int y) {
    return {frame.planes[0].data[y * frame.planes[0].stride + x],
            frame.planes[1].data[y / 2 * frame.planes[1].stride + x / 2],
            frame.planes[2].data[y / 2 * frame.planes[2].stride + x / 2]};
}

int changedPixels(const VideoFrame& a, const VideoFrame& b) {
    int changed = 0;
    for (int y = 0; y < a.size.height; ++y) {
        for (int x = 0; x < a.size.width; ++x) {
            if (std::abs(a.planes[0].data[y * a.planes[0].stride + x] - b.planes[0].data[y * b.planes[0].stride + x]) >
                2) {
                ++changed;
            }
        }
    }
    return changed;
}

IngestSpec specOf(const char* pattern, const char* audio) {
    IngestSpec spec{.kind = "test", .name = "Ada"};
    spec.params.set("width", std::int64_t{320});
    spec.params.set("height", std::int64_t{180});
    spec.params.set("pattern", std::string(pattern));
    spec.params.set("audio", std::string(audio));
    return completeIngest(std::move(spec)).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_ingest)

BOOST_AUTO_TEST_CASE(the_moving_pattern_moves_and_counts_its_frames) {
    TestPicture picture(TestPattern::Moving, "Ada", {640, 360}, kRate, 0);
    const auto first = picture.draw(100), second = picture.draw(101), later = picture.draw(130);
    BOOST_TEST((first->pts == MediaTime(kRate.tickTime(100))));
    BOOST_TEST(changedPixels(*first, *second) > 200);
    BOOST_TEST(changedPixels(*first, *later) > 640 * 360 / 4);
    TestPicture same(TestPattern::Moving, "Ada", {640, 360}, kRate, 0);
    BOOST_TEST(changedPixels(*first, *same.draw(100)) == 0);
}

BOOST_AUTO_TEST_CASE(each_source_has_a_hue_of_its_own) {
    std::vector<Yuv> colours;
    for (int index = 0; index < 8; ++index) {
        TestPicture picture(TestPattern::Moving, "", {320, 180}, kRate, index);
        const Yuv colour = pixel(*picture.draw(0), 2, 2);
        for (const Yuv& other : colours) BOOST_TEST(std::hypot(colour.u - other.u, colour.v - other.v) > 12);
        colours.push_back(colour);
    }
}

BOOST_AUTO_TEST_CASE(the_flash_is_white_for_a_tenth_of_each_second) {
    TestPicture picture(TestPattern::Flash, "", {64, 64}, kRate, 0);
    for (std::int64_t tick = 0; tick < 90; ++tick) {
        BOOST_TEST(meanLuma(*picture.draw(tick)) == (tick % 30 < 3 ? 235 : 16));
    }
}

BOOST_AUTO_TEST_CASE(the_frame_code_tells_the_time_of_its_picture) {
    TestPicture picture(TestPattern::Coded, "Ada", {320, 180}, kRate, 0);
    for (const std::int64_t tick : {0, 1, 29, 4'711, 123'456'789}) {
        const auto frame = picture.draw(tick);
        const auto read = readFrameCode(frame->planes[0], {0, 0, 320, 180});
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST(toMilliseconds(read->time_since_epoch()) == toMilliseconds(kRate.tickTime(tick)));
    }
    TestPicture flash(TestPattern::Flash, "", {320, 180}, kRate, 0);
    BOOST_TEST(!readFrameCode(flash.draw(0)->planes[0], {0, 0, 320, 180}).has_value());
    BOOST_TEST(!readFrameCode(flash.draw(5)->planes[0], {0, 0, 320, 180}).has_value());
    BOOST_TEST(frame_code::checksum(0) != 0);
    BOOST_TEST(frame_code::checksum(0xffffffffU) != 0xff);
}

BOOST_AUTO_TEST_CASE(the_beep_begins_with_the_second_and_the_tone_never_breaks) {
    const TestSound beep(TestSoundKind::Beep, 0, 0);
    std::vector<float> samples(2 * 2 * kSampleRate);
    beep.read(7 * kSampleRate - 100, samples.data(), 2 * kSampleRate);
    const auto left = [&samples](int i) { return samples[static_cast<std::size_t>(2 * i)]; };
    for (int i = 0; i <= 100; ++i) BOOST_REQUIRE(left(i) == 0.0F);
    BOOST_TEST(left(101) > 0.05F);
    for (int i = 100 + 4800; i < kSampleRate; ++i) BOOST_REQUIRE(left(i) == 0.0F);

    const TestSound tone(TestSoundKind::Tone, 440, 0);
    tone.read(5 * kSampleRate - 1000, samples.data(), 2000);
    for (int i = 1; i < 2000; ++i) BOOST_REQUIRE(std::abs(left(i) - left(i - 1)) < 0.01F);
}

BOOST_AUTO_TEST_CASE(voices_take_turns_and_stay_below_full_scale) {
    for (int index = 0; index < 6; ++index) {
        const TestSound voice(TestSoundKind::Speech, 440, index);
        std::vector<float> samples(2 * 12 * kSampleRate);
        voice.read(0, samples.data(), 12 * kSampleRate);
        std::vector<double> energy(12, 0.0);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            BOOST_REQUIRE(std::abs(samples[i]) < 0.9F);
            energy[i / (2 * kSampleRate)] += samples[i] * samples[i] / (2.0 * kSampleRate);
        }
        for (std::size_t second = 0; second < 12; ++second) {
            const bool speaks = (second + 12 - static_cast<std::size_t>(index) * 2 % 12) % 12 < 3;
            BOOST_TEST(std::sqrt(energy[second]) * 1000 > (speaks ? 30 : -1));
            if (!speaks) BOOST_TEST(energy[second] == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(ticks_fill_the_feed_on_time_and_make_up_for_missed_ones) {
    auto feed = std::make_shared<SourceFeed>();
    auto source = TestSource::create(specOf("moving", "tone"), feed, 0);
    std::int64_t k = 1000;
    for (; k < 1050; ++k) source->tick(k);
    BOOST_TEST(feed->video.offered() == 15U);
    k += 10;
    source->tick(k);
    for (std::int64_t block = 1000; block <= k; ++block) {
        AudioBlock out;
        BOOST_TEST(feed->audio.read(MediaTime(kAudioTickRate.tickTime(block)), out));
    }
    BOOST_TEST(feed->audio.concealedBlocks() == 0U);
    const auto frame = feed->video.take(MediaTime(kAudioTickRate.tickTime(k + 1)));
    BOOST_REQUIRE(frame);
    BOOST_TEST((frame->pts == MediaTime(kRate.tickTime(318))));
}

BOOST_AUTO_TEST_CASE(wrong_specifications_name_the_field) {
    const auto field = [](std::string_view name, ParamValue value) {
        IngestSpec spec{.kind = "test"};
        spec.params.set(name, std::move(value));
        const auto complete = completeIngest(spec);
        if (!complete) return complete.error().field;
        const auto checked = checkTestIngest(*complete, {});
        return checked.ok() ? std::string("none") : checked.error().field;
    };
    BOOST_TEST(field("audio", "speech") == "none");
    BOOST_TEST(field("pattern", "sparkling") == "pattern");
    BOOST_TEST(field("audio", "song") == "audio");
    BOOST_TEST(field("width", std::int64_t{321}) == "width");
    BOOST_TEST(field("fps", std::int64_t{1000}) == "fps");
    BOOST_TEST(field("tone_hz", std::int64_t{-1}) == "tone_hz");
}

BOOST_AUTO_TEST_CASE(an_ingest_goes_live_and_ends) {
    const SteadyClock clock;
    const Timeline timeline(clock, clock.now());
    const IngestSettings settings;
    auto feed = std::make_shared<SourceFeed>();
    auto ingest = createTestIngest(specOf("coded", "beep"), {timeline, feed, settings});
    BOOST_REQUIRE(ingest.ok());
    BOOST_TEST((feed->state() == SourceState::Live));
    for (int tries = 0; feed->video.offered() < 3 && tries < 10'000; ++tries) {
        clock.sleepUntil(clock.now() + std::chrono::milliseconds(1));
    }
    BOOST_TEST(feed->video.offered() >= 3U);
    ingest->reset();
    BOOST_TEST((feed->state() == SourceState::Ended));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
