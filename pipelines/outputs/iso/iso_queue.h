#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <utility>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/meeting/output.h"

namespace tessera {

class IsoInput;

/// What waits to be written.
struct IsoItem {
    std::shared_ptr<IsoInput> input;
    CodedUnitPtr unit;         ///< null: the source has gone
    bool isAfterLoss = false;  ///< units of this kind were lost before it
};

/// Between the media threads of all sources and the one that writes. Bounded for each source and for all.
/// @thread any
class IsoQueue {
public:
    /// As long as a disk's usual stall, at the bitrates of cameras.
    static constexpr std::size_t kMostBytesOfSource = 16U << 20U;
    static constexpr std::size_t kMostBytes = 256U << 20U;

    void push(IsoItem item, std::size_t bytes) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        if (isClosed_) return;
        bytes_ += bytes;
        items_.push_back(std::move(item));
        changed_.notifyOne();
    }
    /// Everything that waits; waits itself at most `patience` when there is nothing.
    std::deque<IsoItem> take(Duration patience) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        changed_.waitFor(mutex_, patience, [this] { return isClosed_ || !items_.empty(); });
        return std::exchange(items_, {});
    }
    void written(std::size_t bytes) { bytes_ -= bytes; }
    bool hasRoom(std::size_t bytes) const { return bytes_ + bytes <= kMostBytes; }
    void close() EXCLUDES(mutex_) {
        Lock lock(mutex_);
        isClosed_ = true;
        changed_.notifyAll();
    }
    bool isClosed() const EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return isClosed_;
    }

private:
    std::atomic<std::size_t> bytes_{0};
    mutable Mutex mutex_;
    CondVar changed_;
    std::deque<IsoItem> items_ GUARDED_BY(mutex_);
    bool isClosed_ GUARDED_BY(mutex_) = false;
};

/// One source's end of the queue: attached to its tap.
class IsoInput final : public CodedSink, public std::enable_shared_from_this<IsoInput> {
public:
    /// @param queue  outlives its being attached
    IsoInput(OutputSource source, bool hasAudio, IsoQueue& queue)
        : source_(std::move(source)), hasAudio_(hasAudio), queue_(queue) {}

    void offer(CodedUnitPtr unit) override {
        const bool isVideo = unit->kind == MediaKind::Video;
        if (!isVideo && !hasAudio_) return;
        auto& hasLost = isVideo ? hasLostVideo_ : hasLostAudio_;
        const std::size_t size = unit->bytes.size();
        const bool hasRoom = waiting_ + size <= IsoQueue::kMostBytesOfSource && queue_.hasRoom(size);
        if (isPaused_ || !hasRoom) {
            hasLost = true;
            if (!isPaused_) dropped_.add();
            return;
        }
        waiting_ += size;
        queue_.push({shared_from_this(), std::move(unit), hasLost.exchange(false)}, size);
    }
    void written(std::size_t bytes) {
        waiting_ -= bytes;
        queue_.written(bytes);
    }
    /// Nothing of it comes any more.
    void end() { queue_.push({shared_from_this(), nullptr, false}, 0); }
    void setPaused(bool paused) { isPaused_ = paused; }

    void attach() { source_.feed->coded.attach(shared_from_this()); }
    /// Nothing is offered when it returns.
    void detach() { source_.feed->coded.detach(this); }
    const OutputSource& source() const { return source_; }
    std::uint64_t dropped() const { return dropped_.value(); }

private:
    // Borrowed
    const OutputSource source_;
    const bool hasAudio_;
    IsoQueue& queue_;
    // State
    std::atomic<std::size_t> waiting_{0};
    std::atomic<bool> isPaused_{false}, hasLostVideo_{false}, hasLostAudio_{false};
    Counter dropped_;
};

}  // namespace tessera
