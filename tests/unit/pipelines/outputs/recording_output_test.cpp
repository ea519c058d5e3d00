#include "pipelines/outputs/recording_output.h"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

#include "pipelines/outputs/disk_output.h"
#include "pipelines/outputs/media_finish.h"
#include "pipelines/outputs/recording_file.h"
#include "tests/support/flash_and_beep.h"
#include "tests/support/media_file.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

double largestOffset(const MediaFile& file) {
    const auto seen = flashes(file), heard = beeps(file);
    BOOST_REQUIRE(seen.size() >= 2U);
    double largest = 0;
    for (const double flash : seen) {
        const auto nearest = std::min_element(heard.begin(), heard.end(), [flash](double a, double b) {
            return std::abs(a - flash) < std::abs(b - flash);
        });
        BOOST_REQUIRE((nearest != heard.end()));
        largest = std::max(largest, std::abs(*nearest - flash));
    }
    BOOST_TEST_MESSAGE("largest offset of picture and sound: " << largest * 1000 << " ms");
    return largest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recording_output)

BOOST_AUTO_TEST_CASE(a_recording_decodes_whole_with_picture_and_sound_together) {
    const TemporaryFolder folder;
    const auto spec = recordingTo(folder / "meeting.mp4");
    auto output = createRecordingOutput(spec);
    BOOST_REQUIRE(output.ok());
    BOOST_TEST(((*output)->stats().state == OutputState::Connecting));
    {
        FlashAndBeep content(spec, **output);
        for (std::int64_t k = 100; k < 150; ++k) content.offerBlock(k);  // sound alone, from before the first keyframe
        content.run(1500, 6500);
    }
    (*output)->stop();
    (*output)->stop();
    const OutputStats stats = (*output)->stats();
    BOOST_TEST((stats.state == OutputState::Stopped));
    BOOST_TEST(stats.packetsDropped == 0U);
    BOOST_TEST(stats.bytes == fs::file_size(spec.path));
    BOOST_TEST(std::abs(toSeconds(stats.duration) - 5) < 0.05);

    const auto file = readMediaFile(spec.path);
    BOOST_REQUIRE(file.has_value());
    BOOST_TEST(file->errors == 0);
    BOOST_TEST(file->width == 320);
    BOOST_TEST(file->height == 180);
    BOOST_TEST(file->matrix == AVCOL_SPC_BT709);
    BOOST_TEST(file->range == AVCOL_RANGE_MPEG);
    BOOST_TEST(std::abs(file->duration - 5) < 0.05);
    BOOST_REQUIRE(file->pictures.size() == 150U);
    BOOST_TEST(file->pictures.front().isKeyframe);
    for (std::size_t i = 0; i < 150; ++i) {
        BOOST_TEST(std::abs(file->pictures[i].time - static_cast<double>(i) / 30) < 0.0001);
    }
    BOOST_TEST(file->soundBegin >= 0);
    BOOST_TEST(file->soundBegin < 0.022);  // one AAC frame
    BOOST_TEST(file->soundEnd() > 4.85);   // the codec keeps its last frames
    BOOST_TEST(flashes(*file).size() == 5U);
    BOOST_TEST(largestOffset(*file) < 0.010);
}

BOOST_AUTO_TEST_CASE(skipped_ticks_leave_every_other_picture_at_its_time) {
    const TemporaryFolder folder;
    auto spec = recordingTo(folder / "meeting.mp4");
    auto output = createRecordingOutput(spec);
    BOOST_REQUIRE(output.ok());
    std::vector<std::int64_t> ticks;
    {
        FlashAndBeep content(spec, **output);
        for (std::int64_t tick = 0; tick < 120; ++tick) {
            if (tick % 7 == 3 || (tick > 50 && tick < 70)) continue;
            content.offerPicture(tick);
            ticks.push_back(tick);
        }
    }
    (*output)->stop();
    const auto file = readMediaFile(spec.path);
    BOOST_REQUIRE(file.has_value());
    BOOST_TEST(file->errors == 0);
    BOOST_REQUIRE(file->pictures.size() == ticks.size());
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        BOOST_TEST(std::abs(file->pictures[i].time - static_cast<double>(ticks[i]) / 30) < 0.0001);
    }
}

BOOST_AUTO_TEST_CASE(sound_alone_and_picture_alone_are_recordings_too) {
    const TemporaryFolder folder;
    for (const bool hasVideo : {false, true}) {
        const auto both = recordingTo(folder / (hasVideo ? "picture.mp4" : "sound.mp4"));
        auto spec = both;
        hasVideo ? spec.audio.reset() : spec.video.reset();
        auto output = createRecordingOutput(spec);
        BOOST_REQUIRE(output.ok());
        {
            FlashAndBeep content(both, **output);
            content.run(0, 2000);
        }
        (*output)->stop();
        BOOST_TEST(((*output)->stats().state == OutputState::Stopped));
        const auto file = readMediaFile(spec.path);
        BOOST_REQUIRE(file.has_value());
        BOOST_TEST(file->errors == 0);
        BOOST_TEST(file->pictures.empty() == !hasVideo);
        BOOST_TEST(file->sound.empty() == hasVideo);
        BOOST_TEST(std::abs(file->duration - 2) < 0.15);  // the audio codec holds some frames when it ends
    }
}

BOOST_AUTO_TEST_CASE(a_matroska_recording_holds_what_viewers_get) {
    const TemporaryFolder folder;
    for (const auto codec : {VideoCodec::H264, VideoCodec::Vp8}) {
        BOOST_TEST_CONTEXT(toString(codec)) {
            auto request = recordingTo(folder / (std::string(toString(codec)) + ".mkv"));
            request.params.set("container", std::string("mkv"));
            request.video->codec = codec;
            request.audio = AudioEncodeSpec{AudioCodec::Opus, 64};
            request.minimumFree = 0;
            auto output = createRecordingOutput(request);
            BOOST_REQUIRE(output.ok());
            {
                FlashAndBeep content(request, **output);
                content.run(1500, 4500);
            }
            (*output)->stop();
            BOOST_TEST(((*output)->stats().state == OutputState::Stopped));
            for (const bool isFinished : {false, true}) {
                const std::atomic<bool> goOn{false};
                if (isFinished) BOOST_REQUIRE(finishMedia(request.path, {}, goOn).ok());
                const auto file = readMediaFile(request.path);
                BOOST_REQUIRE(file.has_value());
                BOOST_TEST(file->errors == 0);
                BOOST_TEST(file->pictures.size() == 90U);
                BOOST_TEST(file->pictures.front().isKeyframe);
                BOOST_TEST(flashes(*file).size() == 3U);
                BOOST_TEST(largestOffset(*file) < 0.015);
                if (isFinished) BOOST_TEST(std::abs(file->duration - 3) < 0.05);
            }
            const auto facts = probeMedia(request.path);
            BOOST_TEST(facts->videoCodec == (codec == VideoCodec::Vp8 ? "vp8" : "h264"));
            BOOST_TEST(facts->audioCodec == "opus");
        }
    }
}

BOOST_AUTO_TEST_CASE(wrong_specifications_are_refused) {
    const TemporaryFolder folder;
    const auto codeOf = [](OutputRequest spec, std::uint64_t free = 0) {
        spec.minimumFree = free;
        auto output = createRecordingOutput(spec);
        return output.ok() ? "" : std::string(toString(output.error().code));
    };
    auto spec = recordingTo(folder / "a.mp4");
    spec.video.reset();
    spec.audio.reset();
    BOOST_TEST(codeOf(spec) == "invalid_argument");
    spec = recordingTo(folder / "a.mp4");
    spec.video->codec = VideoCodec::Vp8;
    BOOST_TEST(codeOf(spec) == "invalid_argument");
    spec = recordingTo(folder / "missing" / "a.mp4");
    BOOST_TEST(codeOf(spec) == "not_found");
    spec = recordingTo(folder / "a.mp4");
    BOOST_TEST(codeOf(spec, 1ULL << 60U) == "capacity");
    BOOST_TEST(!fs::exists(spec.path));
    BOOST_TEST(codeOf(spec).empty());
    BOOST_TEST(codeOf(spec) == "conflict");
}

namespace {

/// Refuses to go on after some fragments.
class ShortDisk final : public MuxTarget {
public:
    explicit ShortDisk(bool& closed) : closed_(closed) {}
    Status write(std::span<const std::uint8_t>) override { return kOk; }
    Status onFragment() override {
        if (++fragments_ < 4) return kOk;
        return Error{ErrorCode::Capacity, "the disk is nearly full", {}};
    }
    Status close() override {
        closed_ = true;
        return kOk;
    }

private:
    bool& closed_;
    int fragments_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_disk_that_fills_up_ends_the_recording_in_order) {
    const auto spec = recordingTo("unused");
    bool closed = false;
    MuxSpec mux;
    mux.options = {{"movflags", "frag_custom+empty_moov+default_base_moof"}};
    mux.video = spec.video;
    mux.audio = spec.audio;
    auto created = createRecordingOutput(
        std::move(mux), {},
        {.open = [&closed](int) { return Result<std::unique_ptr<MuxTarget>>(std::make_unique<ShortDisk>(closed)); },
         .onAnchor = [](int, const auto&) {},
         .requestKeyframe = {}});
    BOOST_REQUIRE(created.ok());
    Output& output = **created;
    {
        FlashAndBeep content(spec, output);
        content.run(0, 4000);
    }
    output.stop();
    BOOST_TEST(closed);
    const auto stats = output.stats();
    BOOST_TEST((stats.state == OutputState::Failed));
    BOOST_TEST(stats.lastError == "the disk is nearly full");
    BOOST_TEST(toSeconds(stats.duration) < 2.2);
    BOOST_TEST((output.setPaused(true).error().code == ErrorCode::Conflict));
    BOOST_TEST((output.setPaused(true).error().code == ErrorCode::Conflict));
    BOOST_TEST((output.stats().state == OutputState::Failed));
}

namespace {

/// Answers nothing until it is let go.
class HungDisk final : public MuxTarget {
public:
    explicit HungDisk(const std::atomic<bool>& isLetGo) : isLetGo_(isLetGo) {}
    Status write(std::span<const std::uint8_t>) override {
        isLetGo_.wait(false);
        return kOk;
    }
    Status onFragment() override { return kOk; }
    Status close() override { return kOk; }

private:
    const std::atomic<bool>& isLetGo_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_disk_that_does_not_answer_holds_nobody_up) {
    const auto spec = recordingTo("unused");
    static std::atomic<bool> isLetGo{false};  // the thread that waits may outlive the test
    MuxSpec mux = recordingContainer(false);
    mux.video = spec.video;
    mux.audio = spec.audio;
    auto output = createRecordingOutput(
        std::move(mux), {},
        {.open = [](int) { return Result<std::unique_ptr<MuxTarget>>(std::make_unique<HungDisk>(isLetGo)); },
         .onAnchor = [](int, const auto&) {},
         .requestKeyframe = {}});
    BOOST_REQUIRE(output.ok());
    {
        FlashAndBeep content(spec, **output);
        content.run(0, 1000);
    }
    (*output)->stop();  // while the disk still hangs
    BOOST_TEST(((*output)->stats().state == OutputState::Failed));
    BOOST_TEST((*output)->stats().lastError == "the disk does not answer");
    output->reset();
    BOOST_TEST(areOutputsLeft());
    isLetGo = true;
    isLetGo.notify_all();
    const SteadyClock clock;
    for (const auto end = clock.now() + std::chrono::seconds(10); areOutputsLeft() && clock.now() < end;) {
        clock.sleepUntil(clock.now() + std::chrono::milliseconds(10));
    }
    BOOST_TEST(!areOutputsLeft());
}

/// Not a test by itself: records in real time until it is killed, and tells each media time that it has offered.
BOOST_AUTO_TEST_CASE(writes_until_killed, *boost::unit_test::disabled()) {
    const auto& suite = boost::unit_test::framework::master_test_suite();
    if (suite.argc != 2) return;
    auto spec = recordingTo(suite.argv[1]);
    spec.minimumFree = 0;
    auto output = createRecordingOutput(spec);
    BOOST_REQUIRE(output.ok());
    FlashAndBeep content(spec, **output);
    const SteadyClock clock;
    const MonotonicTime begin = clock.now();
    for (std::int64_t ms = 0; ms < 20'000; ms += 10) {
        clock.sleepUntil(begin + std::chrono::milliseconds(ms));
        content.run(ms, ms + 10);
        const auto offered = static_cast<std::int32_t>(ms + 10);
        BOOST_REQUIRE(::write(STDOUT_FILENO, &offered, sizeof offered) == sizeof offered);
    }
}

BOOST_AUTO_TEST_CASE(a_killed_process_leaves_a_file_up_to_its_last_second) {
    const TemporaryFolder folder;
    const std::string path = (folder / "killed.mp4").string();
    int pipe[2];
    BOOST_REQUIRE(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(pipe[1], STDOUT_FILENO);
        ::close(pipe[0]);
        ::execl("/proc/self/exe", "unit_pipelines", "--run_test=recording_output/writes_until_killed", "--",
                path.c_str(), nullptr);
        ::_exit(127);
    }
    BOOST_REQUIRE(child > 0);
    ::close(pipe[1]);
    std::int32_t offered = 0, last = 0;
    while (last < 3000 && ::read(pipe[0], &offered, sizeof offered) == sizeof offered) last = offered;
    ::kill(child, SIGKILL);
    while (::read(pipe[0], &offered, sizeof offered) == sizeof offered) last = offered;
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    BOOST_REQUIRE(last >= 3000);

    const auto file = readMediaFile(path);
    BOOST_REQUIRE(file.has_value());
    BOOST_TEST(file->errors == 0);
    BOOST_TEST_MESSAGE("killed at " << last / 1000.0 << " s; picture to " << file->pictureEnd() << " s, sound to "
                                    << file->soundEnd() << " s");
    BOOST_TEST(file->pictureEnd() > last / 1000.0 - 1);
    BOOST_TEST(file->soundEnd() > last / 1000.0 - 1);
    BOOST_TEST(largestOffset(*file) < 0.010);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
