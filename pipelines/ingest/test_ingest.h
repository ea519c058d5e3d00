#pragma once

#include <memory>
#include <vector>

#include "mcu/meeting/media_factory.h"

#include "pipelines/ingest/test_picture.h"
#include "pipelines/ingest/test_sound.h"

namespace tessera {

/// A test source without a thread: each 10 ms tick writes what is due into the feed.
/// @thread one at a time
class TestSource {
public:
    /// @param index  of the source among others: hue, turn to speak
    /// @error invalid_argument: a pattern, sound, size or rate that there is not
    static Result<std::unique_ptr<TestSource>> create(const IngestSpec& spec, SourceFeedPtr feed, int index);

    /// Writes the sound up to and with block k, and the newest picture that begins before the block's end. Missed
    /// blocks are made up for, up to 200 ms; missed pictures are not.
    void tick(std::int64_t k);

private:
    TestSource(const IngestSpec& spec, SourceFeedPtr feed, TestPicture picture, TestSound sound);

    // State
    FrameRate rate_;
    SourceFeedPtr feed_;
    TestPicture picture_;
    TestSound sound_;
    std::vector<float> samples_;
    std::int64_t nextBlock_ = -1;
    std::int64_t lastPicture_ = -1;
};

/// Makes a test source that lives on a thread of its own.
/// @param timeline  outlives the ingest
/// @error as TestSource::create
Result<std::unique_ptr<Ingest>> createTestIngest(const IngestSpec& spec, const Timeline& timeline, SourceFeedPtr feed,
                                                 int index);

}  // namespace tessera
