#include <algorithm>

#include "pipelines/ingest/ingest_catalog.h"
#include "pipelines/ingest/test_ingest.h"
#include "pipelines/render/source_player.h"

namespace tessera {
namespace {

/// What begins this much before the first tick is there with it.
constexpr Duration kLead = std::chrono::milliseconds(200);

std::int64_t firstTick(FrameRate rate, MediaTime from) {
    return rate.tickAt(std::max((from - kLead).time_since_epoch(), Duration{}));
}

class TestPlayer final : public SourcePlayer {
public:
    TestPlayer(IngestSpec spec, int index, MediaTime from)
        : spec_(std::move(spec)), index_(index), next_(firstTick(kAudioTickRate, from)) {}

    void playTo(MediaTime t, const SourceFeedPtr& feed) override {
        if (feed != feed_) source_ = TestSource::create(spec_, feed_ = feed, index_);
        for (; MediaTime(kAudioTickRate.tickTime(next_)) <= t; ++next_) source_->tick(next_);
    }

private:
    const IngestSpec spec_;
    const int index_;
    std::int64_t next_;
    SourceFeedPtr feed_;
    std::unique_ptr<TestSource> source_;
};

class ImagePlayer final : public SourcePlayer {
public:
    ImagePlayer(FramePtr picture, MediaTime from) : picture_(std::move(picture)), next_(firstTick(kRate, from)) {}

    void playTo(MediaTime t, const SourceFeedPtr& feed) override {
        for (; MediaTime(kRate.tickTime(next_)) <= t; ++next_) {
            auto again = std::make_shared<VideoFrame>(*picture_);
            again->pts = MediaTime(kRate.tickTime(next_));
            feed->video.offer(std::move(again));
        }
    }

private:
    static constexpr FrameRate kRate{2, 1};  ///< often enough that the picture is not taken for one that is held

    FramePtr picture_;
    std::int64_t next_;
};

}  // namespace

Result<std::unique_ptr<SourcePlayer>> createGeneratedPlayer(const ScoreSource& source, MediaFactory& factory, int index,
                                                            MediaTime from) {
    const auto spec = completeIngest({.kind = source.kind, .name = source.name, .params = source.params});
    if (!spec) return spec.error();
    if (spec->kind == "test") {
        TESSERA_TRY(checkTestIngest(*spec, {}));
        return std::unique_ptr<SourcePlayer>(std::make_unique<TestPlayer>(*spec, index, from));
    }
    if (spec->kind != "image") return unsupported("nothing was recorded of it");
    auto picture = factory.loadPicture(spec->params.text("url"));
    if (!picture) return picture.error();
    return std::unique_ptr<SourcePlayer>(std::make_unique<ImagePlayer>(std::move(picture).value(), from));
}

}  // namespace tessera
