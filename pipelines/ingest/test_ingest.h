#pragma once

#include <memory>
#include <vector>

#include "pipelines/ingest/ingest_catalog.h"
#include "pipelines/ingest/test_picture.h"
#include "pipelines/ingest/test_sound.h"

namespace tessera {

inline constexpr ParamRow kTestIngestParams[] = {
    {"pattern", ParamType::Choice, "\"moving\"", "moving | flash | coded",
     "what is seen; flash: white for 100 ms at each full second; coded: the frame code"},
    {"audio", ParamType::Choice, "\"tone\"", "tone | speech | beep | silence",
     "what is heard; beep: for 100 ms at each full second"},
    {"tone_hz", ParamType::Integer, "440", "Hz", "pitch of tone and beep; a tone of 0 is silence", 0, 20'000},
    {"width", ParamType::Integer, "640", "pixels, even", "of the picture", 16, 3840},
    {"height", ParamType::Integer, "360", "pixels, even", "of the picture", 16, 2160},
    {"fps", ParamType::Integer, "30", "pictures per second", "of the picture", 1, 60},
};

/// A test source without a thread: each 10 ms tick writes what is due into the feed.
/// @thread one at a time
class TestSource {
public:
    /// @param spec   complete and checked
    /// @param index  of the source among others: hue, turn to speak
    static std::unique_ptr<TestSource> create(const IngestSpec& spec, SourceFeedPtr feed, int index);

    /// Writes the sound up to and with block k, and the newest picture that begins before the block's end. Missed
    /// blocks are made up for, up to 200 ms; missed pictures are not.
    void tick(std::int64_t k);

private:
    TestSource(FrameRate rate, SourceFeedPtr feed, TestPicture picture, TestSound sound);

    // State
    FrameRate rate_;
    SourceFeedPtr feed_;
    TestPicture picture_;
    TestSound sound_;
    std::vector<float> samples_;
    std::int64_t nextBlock_ = -1;
    std::int64_t lastPicture_ = -1;
};

/// @error invalid_argument: a size that is not even
Status checkTestIngest(const IngestSpec& spec, const IngestSettings& settings);

/// Makes a test source that lives on a thread of its own.
/// @error as checkTestIngest
Result<std::unique_ptr<Ingest>> createTestIngest(const IngestSpec& spec, const IngestContext& context);

}  // namespace tessera
