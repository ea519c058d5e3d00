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

TestSource::TestSource(const IngestSpec& spec, SourceFeedPtr feed, TestPicture picture, TestSound sound)
    : rate_(spec.rate), feed_(std::move(feed)), picture_(std::move(picture)), sound_(std::move(sound)) {
    samples_.resize(static_cast<std::size_t>(kMaxMissedBlocks + 1) * kBlockSamples * kAudioChannels);
    feed_->width.set(spec.size.width);
    feed_->height.set(spec.size.height);
}

Result<std::unique_ptr<TestSource>> TestSource::create(const IngestSpec& spec, SourceFeedPtr feed, int index) {
    const auto pattern = testPatternFromString(spec.pattern);
    if (!pattern) return invalidArgument("a test pattern is moving, flash or coded", "pattern");
    const auto sound = testSoundFromString(spec.audio);
    if (!sound) return invalidArgument("a test sound is tone, speech, beep or silence", "audio");
    const auto [width, height] = spec.size;
    if (width < 16 || width > 3840 || width % 2 != 0) return invalidArgument("it is even and 16 to 3840", "width");
    if (height < 16 || height > 2160 || height % 2 != 0) return invalidArgument("it is even and 16 to 2160", "height");
    if (spec.rate.num <= 0 || spec.rate.den <= 0 || spec.rate.toDouble() < 1 || spec.rate.toDouble() > 60) {
        return invalidArgument("the frame rate of a test source is 1 to 60", "fps");
    }
    if (spec.toneHz < 0 || spec.toneHz > 20'000) return invalidArgument("a tone is 0 to 20000 Hz", "tone_hz");
    TestPicture picture(*pattern, spec.name, spec.size, spec.rate, index);
    TestSound voice(*sound, spec.toneHz, index);
    return std::unique_ptr<TestSource>(new TestSource(spec, std::move(feed), std::move(picture), std::move(voice)));
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

Result<std::unique_ptr<Ingest>> createTestIngest(const IngestSpec& spec, const Timeline& timeline, SourceFeedPtr feed,
                                                 int index) {
    auto source = TestSource::create(spec, feed, index);
    if (!source) return source.error();
    return std::unique_ptr<Ingest>(std::make_unique<TestIngest>(std::move(source).value(), timeline, std::move(feed)));
}

}  // namespace tessera
