#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "mcu/base/time.h"

#include "pipelines/webrtc/rtp/rtp_packet.h"

namespace tessera {

/// A received packet on its way to the decoder.
struct ReceivedPacket {
    RtpHeader header;
    std::int64_t sequence = 0;  ///< extended
    MonotonicTime arrival{};
    MediaTime pts{};                    ///< on the meeting's timeline
    std::vector<std::uint8_t> payload;  ///< empty = padding alone
    std::uint32_t lostBefore = 0;       ///< packets given up directly before this one
};

/// Puts received packets in order. A packet leaves as soon as everything before it has left; it waits for a missing one
/// no longer than maxWait, then the gap is given up and counted. Adds no delay while nothing is missing. Not
/// thread-safe.
class JitterBuffer {
public:
    struct Settings {
        /// From the arrival of the first packet behind a gap until the gap is given up.
        Duration maxWait{};
        std::size_t maxPackets = 0;  ///< more waiting packets than this give up the oldest gap at once
    };
    /// Video waits for retransmission: above one round trip plus a NACK interval, below what would be seen as a freeze.
    static constexpr Settings kVideo{std::chrono::milliseconds(150), 2048};
    /// Audio is not retransmitted: long enough for reordering, below the delay that a decoder's concealment would hide.
    static constexpr Settings kAudio{std::chrono::milliseconds(40), 64};

    explicit JitterBuffer(Settings settings) : settings_(settings) {}

    /// @return false when the packet is a duplicate or too late: it has been left out
    bool insert(ReceivedPacket packet);

    /// What is in order, or whose gap has been waited for long enough, by now.
    std::vector<ReceivedPacket> take(MonotonicTime now);

    /// When a gap will be given up; nothing while none is waited for.
    std::optional<MonotonicTime> nextDeadline() const;
    /// The extended number that is released next; everything before it is settled.
    std::optional<std::int64_t> nextSequence() const { return next_; }
    std::uint64_t lost() const { return lost_; }
    std::size_t size() const { return packets_.size(); }
    /// Forgets everything: the sender has started anew.
    void reset();

private:
    Settings settings_;
    // State
    std::map<std::int64_t, ReceivedPacket> packets_;
    std::optional<std::int64_t> next_;
    std::uint64_t lost_ = 0;
};

}  // namespace tessera
