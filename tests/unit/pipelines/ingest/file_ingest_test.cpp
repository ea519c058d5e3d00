#include "pipelines/ingest/file_ingest.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>

#include "pipelines/outputs/recording_output.h"
#include "tests/support/flash_and_beep.h"

namespace tessera {
namespace {

constexpr std::int64_t kFileMs = 2500;

/// A file of our own with a flash and a beep at 0, 1 and 2 s.
std::string recordFile(const TemporaryFolder& folder) {
    auto spec = recordingTo(folder / "loop.mp4");
    spec.minimumFree = 0;
    auto output = createRecordingOutput(spec);
    BOOST_REQUIRE(output.ok());
    {
        FlashAndBeep content(spec, **output);
        content.run(0, kFileMs);
    }
    (*output)->stop();
    return spec.path;
}

int lumaOf(const VideoFrame& frame) {
    return frame.planes[0].data[frame.size.height / 2 * frame.planes[0].stride + frame.size.width / 2];
}

/// When flashes and beeps begin in what a mixer reads from the feed. Milliseconds of the meeting.
struct Heard {
    std::vector<std::int64_t> flashes, beeps;
};

Heard play(FileSource& source, SourceFeed& feed, std::int64_t first, std::int64_t last) {
    constexpr std::int64_t kDelay = 8;  // blocks of playout delay
    Heard heard;
    bool wasBright = true, wasLoud = true;
    for (std::int64_t k = first; k < last; ++k) {
        source.tick(k);
        const auto t = MediaTime(kAudioTickRate.tickTime(k - kDelay));
        AudioBlock block;
        feed.audio.read(t, block);
        const auto& left = block.samples[0];
        const bool isLoud = std::any_of(left.begin(), left.end(), [](float s) { return std::abs(s) > 0.1F; });
        if (isLoud && !wasLoud) heard.beeps.push_back(toMilliseconds(t.time_since_epoch()));
        wasLoud = isLoud;
        const auto frame = feed.video.take(t);
        const bool isBright = frame && lumaOf(*frame) > 125;
        if (isBright && !wasBright) heard.flashes.push_back(toMilliseconds(t.time_since_epoch()));
        wasBright = isBright;
    }
    return heard;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file_ingest)

BOOST_AUTO_TEST_CASE(picture_and_sound_stay_together_over_loops) {
    const TemporaryFolder folder;
    auto feed = std::make_shared<SourceFeed>();
    auto source = FileSource::create(recordFile(folder), true, feed);
    BOOST_REQUIRE(source.ok());
    BOOST_TEST(feed->width.value() == 320);
    const Heard heard = play(**source, *feed, 1000, 1000 + 4 * kFileMs / 10);
    BOOST_TEST((feed->state() == SourceState::Live));
    BOOST_TEST(heard.flashes.size() >= 10U);
    BOOST_REQUIRE(heard.flashes.size() == heard.beeps.size());
    for (std::size_t i = 0; i < heard.flashes.size(); ++i) {
        BOOST_TEST(std::abs(heard.flashes[i] - heard.beeps[i]) <= 30);
    }
    BOOST_TEST(feed->decodeErrors.value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_looped_ends) {
    const TemporaryFolder folder;
    auto feed = std::make_shared<SourceFeed>();
    auto source = FileSource::create(recordFile(folder), false, feed);
    BOOST_REQUIRE(source.ok());
    play(**source, *feed, 0, kFileMs / 10 + 100);
    BOOST_TEST((feed->state() == SourceState::Ended));
    BOOST_TEST(feed->video.offered() == static_cast<std::uint64_t>(kFileMs * 30 / 1000));
}

BOOST_AUTO_TEST_CASE(a_stalled_machine_moves_the_file_and_does_not_rush) {
    const TemporaryFolder folder;
    auto feed = std::make_shared<SourceFeed>();
    auto source = FileSource::create(recordFile(folder), true, feed);
    BOOST_REQUIRE(source.ok());
    play(**source, *feed, 0, 100);
    const auto before = feed->video.offered();
    (*source)->tick(1000);  // nine seconds later
    BOOST_TEST(feed->video.offered() - before < 10U);
}

BOOST_AUTO_TEST_CASE(what_is_no_media_file_is_refused) {
    const TemporaryFolder folder;
    const auto codeOf = [](const std::string& path) {
        const auto source = FileSource::create(path, true, std::make_shared<SourceFeed>());
        return source.ok() ? "" : std::string(toString(source.error().code));
    };
    const std::string text = (folder / "text.mp4").string();
    std::ofstream(text) << "This is not a film.";
    BOOST_TEST(codeOf(text) == "invalid_argument");
    BOOST_TEST(codeOf(folder.path()) == "invalid_argument");
    BOOST_TEST(codeOf((folder / "missing.mp4").string()) == "not_found");
    const std::string playlist = (folder / "list.mp4").string();  // a file may not name other files or addresses
    std::ofstream(playlist) << "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n";
    BOOST_TEST(codeOf(playlist) == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(an_ingest_plays_on_its_own_thread) {
    const TemporaryFolder folder;
    const SteadyClock clock;
    const Timeline timeline(clock, clock.now());
    auto feed = std::make_shared<SourceFeed>();
    const IngestSettings settings{.filesRoot = folder.path()};
    IngestSpec spec{.kind = "file"};
    spec.params.set("url", std::filesystem::path(recordFile(folder)).filename().string());
    auto ingest = createFileIngest(completeIngest(spec).value(), {timeline, feed, settings});
    BOOST_REQUIRE(ingest.ok());
    for (int tries = 0; feed->video.offered() < 3 && tries < 10'000; ++tries) {
        clock.sleepUntil(clock.now() + std::chrono::milliseconds(1));
    }
    BOOST_TEST(feed->video.offered() >= 3U);
    ingest->reset();
    BOOST_TEST((feed->state() == SourceState::Ended));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
