#include "pipelines/outputs/recording_writer.h"

#include <boost/test/unit_test.hpp>
#include <map>

#include "mcu/base/sync.h"

#include "pipelines/outputs/recording_file.h"
#include "tests/support/flash_and_beep.h"
#include "tests/support/media_file.h"

namespace tessera {
namespace {

/// What an output is given, in its order.
class Collected final : public Output {
public:
    void offer(PacketPtr packet) override {
        Lock lock(mutex_);
        packets_.push_back(std::move(packet));
    }
    void stop() override {}
    OutputStats stats() const override { return {}; }
    std::vector<PacketPtr> take() {
        Lock lock(mutex_);
        return std::exchange(packets_, {});
    }

private:
    Mutex mutex_;
    std::vector<PacketPtr> packets_ GUARDED_BY(mutex_);
};

MuxSpec muxOf(const OutputRequest& request) {
    MuxSpec mux = recordingContainer(false);
    mux.video = request.video;
    mux.audio = request.audio;
    return mux;
}

/// A writer into a temporary folder that keeps what it was told.
struct Written {
    explicit Written(const OutputRequest& request, SegmentLimits limits)
        : spec(muxOf(request)),
          writer(spec, limits,
                 {.open = [this](int number) { return createRecordingFile(pathOf(number), 0); },
                  .onAnchor = [this](int number, const auto& anchor) { anchors[number].push_back(anchor); },
                  .requestKeyframe = [this] { ++keyframesAsked; }},
                 bytes) {
        BOOST_REQUIRE(writer.open().ok());
    }
    std::string pathOf(int number) const { return (folder / (std::to_string(number) + ".mp4")).string(); }
    void write(const std::vector<PacketPtr>& packets) {
        for (const auto& packet : packets) BOOST_REQUIRE(writer.write(packet).ok());
    }
    /// @param gaps  in its sound
    MediaFile read(int number, int gaps = 0) const {
        auto file = readMediaFile(pathOf(number));
        BOOST_REQUIRE(file.has_value());
        BOOST_TEST(file->errors == gaps);
        return *file;
    }
    double beginOf(int number) { return toSeconds(anchors[number].front().meeting.time_since_epoch()); }

    TemporaryFolder folder;
    MuxSpec spec;
    Counter bytes;
    std::map<int, std::vector<MuxSession::Anchor>> anchors;
    int keyframesAsked = 0;
    RecordingWriter writer;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(recording_writer)

BOOST_AUTO_TEST_CASE(segments_follow_each_other_without_a_gap_in_picture_or_sound) {
    const auto request = recordingTo("unused");
    Collected collected;
    {
        FlashAndBeep content(request, collected);
        content.run(1500, 8500);
    }
    Written written(request, {.duration = std::chrono::milliseconds(1900), .bytes = 0});
    written.write(collected.take());
    BOOST_REQUIRE(written.writer.finish().ok());
    BOOST_REQUIRE(written.writer.files() == 4);
    BOOST_TEST(written.keyframesAsked >= 3);
    BOOST_TEST(std::abs(toSeconds(written.writer.duration()) - 7) < 0.1);

    std::size_t pictures = 0;
    double pictureEnd = 0, soundEnd = 0;
    for (int number = 1; number <= 4; ++number) {
        const auto file = written.read(number);
        const double begin = written.beginOf(number);
        BOOST_TEST(file.pictures.front().isKeyframe);
        BOOST_TEST(file.pictures.front().time == 0);
        if (number > 1) {
            BOOST_TEST(std::abs(begin - pictureEnd - 1.0 / 30) < 0.0005);
            BOOST_TEST(std::abs(begin + file.soundBegin - soundEnd) < 0.0005,
                       "file " << number << " at " << begin << ": sound from " << begin + file.soundBegin << " after "
                               << soundEnd);
        }
        pictureEnd = begin + file.pictureEnd();
        soundEnd = begin + file.soundEnd();
        pictures += file.pictures.size();
    }
    BOOST_TEST(pictures == 210U);
}

BOOST_AUTO_TEST_CASE(segments_by_size_and_of_sound_alone) {
    auto request = recordingTo("unused");
    Collected collected;
    {
        FlashAndBeep content(request, collected);
        content.run(0, 4000);
    }
    const auto packets = collected.take();
    {
        Written written(request, {.duration = {}, .bytes = 1});
        written.write(packets);
        BOOST_REQUIRE(written.writer.finish().ok());
        BOOST_TEST(written.writer.files() == 2);  // a keyframe every two seconds
    }
    request.video.reset();
    Written written(request, {.duration = std::chrono::seconds(1), .bytes = 0});
    written.write(packets);
    BOOST_REQUIRE(written.writer.finish().ok());
    BOOST_REQUIRE(written.writer.files() >= 4);
    const auto first = written.read(1), second = written.read(2);
    BOOST_TEST(std::abs(written.beginOf(1) + first.soundEnd() - written.beginOf(2) - second.soundBegin) < 0.0005);
}

BOOST_AUTO_TEST_CASE(what_happens_during_a_pause_is_left_out_and_picture_and_sound_stay_together) {
    const auto request = recordingTo("unused");
    Collected collected;
    Written written(request, {});
    {
        FlashAndBeep content(request, collected);
        content.run(500, 3100);
        written.write(collected.take());
        BOOST_REQUIRE(written.writer.pause().ok());
        BOOST_REQUIRE(written.writer.pause().ok());
        content.run(3100, 5700);
        written.write(collected.take());
        written.writer.resume();
        content.run(5700, 9500);  // its first keyframe comes at 6.5 s
    }
    written.write(collected.take());
    BOOST_REQUIRE(written.writer.finish().ok());
    BOOST_REQUIRE(written.anchors[1].size() == 2U);
    const auto& resumed = written.anchors[1].back();
    BOOST_TEST(std::abs(toSeconds(resumed.meeting.time_since_epoch()) - 6.5) < 0.001);
    BOOST_TEST(std::abs(toSeconds(resumed.position) - 2.6) < 0.05);

    const auto file = written.read(1, 1);
    BOOST_TEST(std::abs(file.duration - 5.6) < 0.1);
    // Meeting seconds 1, 2, 3 | 7, 8, 9.
    const auto seen = flashes(file), heard = beeps(file);
    BOOST_REQUIRE(seen.size() == 6U);
    BOOST_REQUIRE(heard.size() == 6U);
    for (std::size_t i = 0; i < seen.size(); ++i) BOOST_TEST(std::abs(seen[i] - heard[i]) < 0.010);
    const double shift = toSeconds(resumed.position) - toSeconds(resumed.meeting.time_since_epoch());
    BOOST_TEST(std::abs(seen[3] - (7 + shift)) < 0.001);
}

BOOST_AUTO_TEST_CASE(a_next_file_that_cannot_be_made_ends_it_with_what_there_is) {
    const auto request = recordingTo("unused");
    Collected collected;
    {
        FlashAndBeep content(request, collected);
        content.run(0, 3000);
    }
    const TemporaryFolder folder;
    const auto path = (folder / "only.mp4").string();
    const MuxSpec spec = muxOf(request);
    Counter bytes;
    RecordingWriter writer(spec, {.duration = std::chrono::seconds(1), .bytes = 0},
                           {.open = [&path](int) { return createRecordingFile(path, 0); },
                            .onAnchor = [](int, const auto&) {},
                            .requestKeyframe = [] {}},
                           bytes);
    BOOST_REQUIRE(writer.open().ok());
    Status result = kOk;
    for (const auto& packet : collected.take()) {
        result = writer.write(packet);
        if (!result) break;
    }
    BOOST_TEST((!result && result.error().code == ErrorCode::Conflict));
    BOOST_TEST(writer.finish().ok());
    const auto file = readMediaFile(path);
    BOOST_REQUIRE(file.has_value());
    BOOST_TEST(file->errors == 0);
    BOOST_TEST(file->pictures.size() == 60U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
