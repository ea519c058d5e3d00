#include "pipelines/ingest/test_ingest.h"

#include <algorithm>
#include <utility>

#include "mcu/base/tick_thread.h"

namespace tessera {
namespace {

constexpr std::int64_t kMaxMissedBlocks = 20;

class TestIngest final : public Ingest {
public:
    TestIngest(std::unique_ptr<TestSource> source, const Timeline& timeline, SourceFeedPtr feed)
        : feed_(std::move(feed)),
          source_(std::move(source)),
          thread_("test-source", timeline.clock(), kAudioTickRate, timeline.epoch(),
                  [this](std::int64_t k) { source_->tick(k); }) {
        feed_->setState(SourceState::Live);
    }
    ~TestIngest() override {
        thread_.stop();
        feed_->setState(SourceState::Ended);
    }

private:
    // Owned
    SourceFeedPtr feed_;
    std::unique_ptr<TestSource> source_;
    TickThread thread_;
};

}  // namespace

TestSource::TestSource(FrameRate rate, SourceFeedPtr feed, TestPicture picture, TestSound sound)
    : rate_(rate), feed_(std::move(feed)), picture_(std::move(picture)), sound_(std::move(sound)) {
    samples_.resize(static_cast<std::size_t>(kMaxMissedBlocks + 1) * kBlockSamples * kAudioChannels);
}

std::unique_ptr<TestSource> TestSource::create(const IngestSpec& spec, SourceFeedPtr feed, int index) {
    const auto& params = spec.params;
    const auto pattern = testPatternFromString(params.text("pattern"));
    const auto sound = testSoundFromString(params.text("audio"));
    TESSERA_CHECK(pattern && sound);
    const Size size{static_cast<int>(params.integer("width")), static_cast<int>(params.integer("height"))};
    const FrameRate rate{static_cast<int>(params.integer("fps")), 1};
    feed->width.set(size.width);
    feed->height.set(size.height);
    TestPicture picture(*pattern, spec.name, size, rate, index);
    TestSound voice(*sound, static_cast<int>(params.integer("tone_hz")), index);
    return std::unique_ptr<TestSource>(new TestSource(rate, std::move(feed), std::move(picture), std::move(voice)));
}

void TestSource::tick(std::int64_t k) {
    if (nextBlock_ < 0 || k - nextBlock_ > kMaxMissedBlocks) nextBlock_ = k;
    if (k >= nextBlock_) {
        const auto frames = static_cast<std::size_t>((k + 1 - nextBlock_) * kBlockSamples);
        sound_.read(nextBlock_ * kBlockSamples, samples_.data(), frames);
        feed_->audio.write(MediaTime(kAudioTickRate.tickTime(nextBlock_)), samples_.data(), frames);
        nextBlock_ = k + 1;
    }
    const std::int64_t due = rate_.tickAt(kAudioTickRate.tickTime(k + 1) - Duration(1));
    if (due <= lastPicture_) return;
    lastPicture_ = due;
    feed_->video.offer(picture_.draw(due));
}

Status checkTestIngest(const IngestSpec& spec, const IngestSettings&) {
    for (const char* side : {"width", "height"}) {
        if (spec.params.integer(side) % 2 != 0) return invalidArgument(std::string(side) + " must be even", side);
    }
    return kOk;
}

Result<std::unique_ptr<Ingest>> createTestIngest(const IngestSpec& spec, const IngestContext& context) {
    TESSERA_TRY(checkTestIngest(spec, context.settings));
    return std::unique_ptr<Ingest>(std::make_unique<TestIngest>(TestSource::create(spec, context.feed, context.index),
                                                                context.timeline, context.feed));
}

}  // namespace tessera
