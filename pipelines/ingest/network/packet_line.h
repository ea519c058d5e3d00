#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "mcu/base/sync.h"
#include "mcu/base/time.h"

#include "pipelines/av/av_ptr.h"

namespace tessera {

/// A coded packet on its way from the demuxer to the decoders.
struct TimedPacket {
    AvPacketPtr packet;
    int medium = 0;     ///< 0 = picture, 1 = sound
    Duration offset{};  ///< from the stream's timestamps to the meeting's
    MediaTime due{};    ///< when it is to be decoded, in the meeting
    bool jumped = false;
};

/// Packets between the thread that reads a network and the one that decodes. Bounded in bytes.
/// @thread any
class PacketLine {
public:
    static constexpr std::size_t kMostBytes = 48U << 20U;
    static constexpr std::size_t kMostPackets = 20'000;

    /// @param waits  until there is room; else everything that waits is thrown away when there is none
    /// @return false: the line is closed
    bool push(TimedPacket packet, bool waits) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        const auto hasRoom = [this] { return isClosed_ || (bytes_ < kMostBytes && packets_.size() < kMostPackets); };
        if (waits) {
            while (!condition_.waitFor(mutex_, std::chrono::milliseconds(100), hasRoom)) {
            }
        }
        if (isClosed_) return false;
        if (!hasRoom()) {
            packets_.clear();
            bytes_ = 0;
            packet.jumped = true;
        }
        bytes_ += static_cast<std::size_t>(packet.packet->size);
        packets_.push_back(std::move(packet));
        condition_.notifyAll();
        return true;
    }

    /// Takes the first packet if it is due. Waits at most `patience`.
    std::optional<TimedPacket> pop(const Timeline& timeline, Duration lead, Duration patience) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        const auto isReady = [&] {
            return isClosed_ || (!packets_.empty() && packets_.front().due <= timeline.now() + lead);
        };
        if (!isReady()) {
            Duration wait = patience;
            if (!packets_.empty()) wait = std::min(wait, packets_.front().due - lead - timeline.now());
            const auto before = packets_.size();
            condition_.waitFor(mutex_, std::max(wait, Duration(0)),
                               [&] { return isReady() || (before == 0 && !packets_.empty()); });
        }
        if (isClosed_ || !isReady()) return std::nullopt;
        TimedPacket first = std::move(packets_.front());
        packets_.pop_front();
        bytes_ -= static_cast<std::size_t>(first.packet->size);
        condition_.notifyAll();
        return first;
    }

    bool isEmpty() const EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return packets_.empty();
    }
    /// How far ahead the newest packet lies.
    MediaTime end() const EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return packets_.empty() ? MediaTime::min() : packets_.back().due;
    }
    bool isClosed() const EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return isClosed_;
    }
    void close() EXCLUDES(mutex_) {
        Lock lock(mutex_);
        isClosed_ = true;
        condition_.notifyAll();
    }

private:
    mutable Mutex mutex_;
    CondVar condition_;
    std::deque<TimedPacket> packets_ GUARDED_BY(mutex_);
    std::size_t bytes_ GUARDED_BY(mutex_) = 0;
    bool isClosed_ GUARDED_BY(mutex_) = false;
};

}  // namespace tessera
