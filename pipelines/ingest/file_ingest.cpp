#include "pipelines/ingest/file_ingest.h"

#include <algorithm>
#include <utility>

#include "pipelines/ingest/media_reader.h"

namespace tessera {
namespace {

/// Media is written this much before its time: more than the scheduler's delays, less than a FrameMailbox and a
/// SampleQueue hold.
constexpr Duration kLead = std::chrono::milliseconds(150);
/// Later than this, the rest of the file moves by as much.
constexpr Duration kMaxLate = std::chrono::milliseconds(500);
constexpr Duration kMinimumPictureDistance = std::chrono::microseconds(16'000);
constexpr Duration kMinimumLength = std::chrono::milliseconds(100);

class FileIngest final : public Ingest {
public:
    FileIngest(std::unique_ptr<MediaReader> reader, bool loops, const Timeline& timeline, SourceFeedPtr feed)
        : timeline_(timeline), feed_(std::move(feed)), reader_(std::move(reader)), loops_(loops) {
        feed_->width.set(reader_->size().width);
        feed_->height.set(reader_->size().height);
        feed_->setState(SourceState::Live);
        thread_ = Thread("file-source", [this] { run(); });
    }
    ~FileIngest() override {
        {
            Lock lock(mutex_);
            stopping_ = true;
            wake_.notifyAll();
        }
        thread_.join();
        feed_->setState(SourceState::Ended);
    }

private:
    void run() {
        begin_ = timeline_.now() + kLead;
        while (true) {
            const Duration length = playOnce();
            if (isStopping()) return;
            if (length == Duration{}) return feed_->setState(SourceState::Failed);
            if (!loops_ || !reader_->rewind()) return feed_->setState(SourceState::Ended);
            begin_ += std::max(length, kMinimumLength);
            lastPicture_ = Duration::min() / 2;
        }
    }

    /// @return where picture and sound ended; 0 when there was nothing
    Duration playOnce() {
        Duration length{};
        const std::uint64_t errors = reader_->decodeErrors();
        while (auto item = reader_->next()) {
            length = std::max(length, item->time + item->duration);
            if (!waitFor(begin_ + item->time - kLead)) return length;
            const Duration late = timeline_.now() - (begin_ + item->time);
            if (late > kMaxLate) begin_ += late;
            write(*item);
        }
        feed_->decodeErrors.add(reader_->decodeErrors() - errors);
        return length;
    }

    void write(MediaItem& item) {
        if (!item.picture) {
            feed_->audio.write(begin_ + item.time, item.sound.data(), item.sound.size() / 2);
            return;
        }
        if (item.time - lastPicture_ < kMinimumPictureDistance) return;
        lastPicture_ = item.time;
        item.picture->pts = begin_ + item.time;
        item.picture->sequence = sequence_++;
        feed_->video.offer(std::move(item.picture));
    }

    /// @return false when the ingest shall end
    bool waitFor(MediaTime time) {
        const Duration ahead = time - timeline_.now();
        Lock lock(mutex_);
        if (ahead > Duration{}) wake_.waitFor(mutex_, ahead, [this] { return stopping_; });
        return !stopping_;
    }

    bool isStopping() {
        Lock lock(mutex_);
        return stopping_;
    }

    // Borrowed
    const Timeline& timeline_;
    // Owned
    SourceFeedPtr feed_;
    std::unique_ptr<MediaReader> reader_;
    // Owned by the thread
    MediaTime begin_{};  ///< of the file's begin in the meeting
    Duration lastPicture_ = Duration::min() / 2;
    std::uint64_t sequence_ = 0;
    // State
    bool loops_;
    Mutex mutex_;
    CondVar wake_;
    bool stopping_ GUARDED_BY(mutex_) = false;
    Thread thread_;
};

}  // namespace

Result<std::unique_ptr<Ingest>> createFileIngest(const IngestSpec& spec, const Timeline& timeline, SourceFeedPtr feed) {
    auto reader = MediaReader::open(spec.path);
    if (!reader) return reader.error();
    return std::unique_ptr<Ingest>(
        std::make_unique<FileIngest>(std::move(reader).value(), spec.loop, timeline, std::move(feed)));
}

}  // namespace tessera
