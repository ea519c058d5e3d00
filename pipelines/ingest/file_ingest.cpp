#include "pipelines/ingest/file_ingest.h"

#include <algorithm>
#include <utility>

#include "mcu/base/folder_file.h"
#include "mcu/base/tick_thread.h"

namespace tessera {
namespace {

constexpr Duration kMinimumPictureDistance = std::chrono::microseconds(16'000);
constexpr Duration kHeldDistance = std::chrono::milliseconds(500);
constexpr Duration kMinimumLength = std::chrono::milliseconds(100);

class FileIngest final : public Ingest {
public:
    FileIngest(std::unique_ptr<FileSource> source, const Timeline& timeline, SourceFeedPtr feed)
        : feed_(std::move(feed)),
          source_(std::move(source)),
          thread_("file-source", timeline.clock(), kAudioTickRate, timeline.epoch(),
                  [this](std::int64_t k) { source_->tick(k); }) {}
    ~FileIngest() override {
        thread_.stop();
        feed_->setState(SourceState::Ended);
    }

    Status seek(Duration position) override {
        source_->seek(position);
        return kOk;
    }
    Status setPaused(bool paused) override {
        source_->setPaused(paused);
        return kOk;
    }
    std::optional<Playback> playback() const override { return source_->playback(); }

private:
    // Owned
    SourceFeedPtr feed_;
    std::unique_ptr<FileSource> source_;
    TickThread thread_;
};

}  // namespace

FileSource::FileSource(std::unique_ptr<MediaReader> reader, bool loops, SourceFeedPtr feed)
    : feed_(std::move(feed)), reader_(std::move(reader)), fileLength_(reader_->length()), loops_(loops) {
    feed_->width.set(reader_->size().width);
    feed_->height.set(reader_->size().height);
    feed_->setState(SourceState::Live);
    reader_->setPacketTap(
        [this](const AVPacket& packet, const AVStream& stream, Duration begin) { tap(packet, stream, begin); });
}

/// Packets are decoded, and so offered, shortly before their time.
void FileSource::tap(const AVPacket& packet, const AVStream& stream, Duration begin) {
    if (!begin_) return;
    CodedStream& coded = coded_[stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO ? 0 : 1];
    coded.offer(packet, stream, begin_->time_since_epoch() - begin, feed_->coded);
}

Result<std::unique_ptr<FileSource>> FileSource::create(const std::string& path, bool loops, SourceFeedPtr feed) {
    auto reader = MediaReader::open(path);
    if (!reader) return reader.error();
    return std::unique_ptr<FileSource>(new FileSource(std::move(reader).value(), loops, std::move(feed)));
}

void FileSource::tick(std::int64_t k) {
    const auto now = MediaTime(kAudioTickRate.tickTime(k));
    if (!begin_) begin_ = now + kLead;
    const std::int64_t seekTo = seekTo_.exchange(-1);
    if (seekTo >= 0) jump(now, Duration(seekTo));
    if (isPaused_) return hold(now);
    resume(now);
    if (!isOver_) position_ = std::max<std::int64_t>(0, (now - *begin_).count());
    while (!isOver_) {
        if (!next_ && !advance()) return;
        const MediaTime due = *begin_ + next_->time;
        if (due > now + kLead) return;
        if (now - due > kMaxLate) *begin_ += now - due;
        length_ = std::max(length_, next_->time + next_->duration);
        write(*next_);
        next_.reset();
    }
}

Playback FileSource::playback() const {
    return {Duration(position_.load()), fileLength_, isPaused_};
}

/// Goes on with what belongs to `position` as the next that is seen and heard.
void FileSource::jump(MediaTime now, Duration position) {
    const Status sought = reader_->seek(position);
    if (!sought.ok()) {
        feed_->setError(sought.error().message);
        return;
    }
    isOver_ = false;
    feed_->setState(SourceState::Live);
    lastPicture_.reset();
    begin_ = now + kLead - position;
    for (auto& each : coded_) each.interrupt();
    if (heldSince_) heldSince_ = now;
    position_ = position.count();
    length_ = position;
    do {
        next_.reset();
        if (!advance()) return;
    } while (next_->time < position);
    if (!isPaused_ || !next_->picture) return;
    shown_ = next_->picture;
    heldShown_ = {};
}

/// Shows the picture again and again, so that it is not taken for one that is missing.
void FileSource::hold(MediaTime now) {
    if (!heldSince_) heldSince_ = now;
    if (!shown_ || now - heldShown_ < kHeldDistance) return;
    heldShown_ = now;
    auto again = std::make_shared<VideoFrame>(*shown_);
    again->pts = now + kLead;
    feed_->video.offer(std::move(again));
}

void FileSource::resume(MediaTime now) {
    if (!heldSince_) return;
    *begin_ += now - *heldSince_;
    heldSince_.reset();
    lastPicture_.reset();
}

/// Reads the next item, from the begin again when there is none left. @return false at the very end
bool FileSource::advance() {
    next_ = reader_->next();
    feed_->decodeErrors.add(reader_->decodeErrors() - std::exchange(errorsSeen_, reader_->decodeErrors()));
    if (next_) return true;
    const bool playedNothing = length_ == Duration{};
    if (!playedNothing && loops_ && reader_->rewind()) {
        for (auto& each : coded_) each.interrupt();
        *begin_ += std::max(std::exchange(length_, Duration{}), kMinimumLength);
        next_ = reader_->next();
        if (next_) return true;
    }
    isOver_ = true;
    feed_->setState(playedNothing ? SourceState::Failed : SourceState::Ended);
    return false;
}

void FileSource::write(MediaItem& item) {
    const MediaTime pts = *begin_ + item.time;
    if (!item.picture) {
        feed_->audio.write(pts, item.sound.data(), item.sound.size() / kAudioChannels);
        return;
    }
    if (lastPicture_ && pts - *lastPicture_ < kMinimumPictureDistance) return;
    lastPicture_ = pts;
    item.picture->pts = pts;
    feed_->width.set(item.picture->size.width);
    feed_->height.set(item.picture->size.height);
    shown_ = item.picture;
    feed_->video.offer(std::move(item.picture));
}

Status checkFileIngest(const IngestSpec& spec, const IngestSettings& settings) {
    const auto path = findInFolder(settings.filesRoot, spec.params.text("url"), "url");
    if (!path) return path.error();
    return kOk;
}

Result<std::unique_ptr<Ingest>> createFileIngest(const IngestSpec& spec, const IngestContext& context) {
    const auto path = findInFolder(context.settings.filesRoot, spec.params.text("url"), "url");
    if (!path) return path.error();
    auto source = FileSource::create(*path, spec.params.flag("loop"), context.feed);
    if (!source) return source.error();
    return std::unique_ptr<Ingest>(
        std::make_unique<FileIngest>(std::move(source).value(), context.timeline, context.feed));
}

}  // namespace tessera
