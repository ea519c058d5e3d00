#pragma once

#include <deque>
#include <optional>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/media/sinks.h"

namespace tessera {

/// The bounded queue between a rendition's encoder and one output. When the reader is too slow, what is queued is
/// dropped up to the next keyframe and counted; nobody else notices.
class PacketQueue final : public PacketSink {
public:
    struct Limits {
        Duration duration = std::chrono::seconds(2);  ///< between the oldest and the newest pts of one kind
        std::size_t bytes = 16U << 20U;
    };

    explicit PacketQueue(Limits limits) : limits_(limits) {}

    /// Takes a packet, or drops. After a drop of video, video is refused until a keyframe comes.
    /// @thread media
    void offer(PacketPtr packet) override EXCLUDES(mutex_);

    /// Waits for a packet, at most `timeout`. @return null at the timeout or after `close`.
    /// @thread the output's
    PacketPtr take(Duration timeout) EXCLUDES(mutex_);

    /// Drops what is queued; video is refused until a keyframe comes.
    void clear() EXCLUDES(mutex_);

    /// Wakes the reader; later offers are dropped. What is queued can still be taken.
    void close() EXCLUDES(mutex_);

    bool isClosed() const EXCLUDES(mutex_);
    std::uint64_t dropped() const { return dropped_.value(); }

private:
    bool overflows(const Packet& packet) const REQUIRES(mutex_);
    void dropVideo() REQUIRES(mutex_);

    Limits limits_;
    mutable Mutex mutex_;
    CondVar wake_;
    std::deque<PacketPtr> packets_ GUARDED_BY(mutex_);
    std::size_t bytes_ GUARDED_BY(mutex_) = 0;
    bool waitingForKeyframe_ GUARDED_BY(mutex_) = true;
    bool closed_ GUARDED_BY(mutex_) = false;
    Counter dropped_;
};

}  // namespace tessera
