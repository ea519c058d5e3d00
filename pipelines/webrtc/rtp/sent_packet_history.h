#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mcu/base/time.h"

#include "pipelines/webrtc/rtp/packetizer.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"

namespace tessera {

/// A packet that was sent, by reference to the shared frame: about 60 bytes per peer, not 1200.
struct SentPacket {
    RtpHeader header;
    PacketizedFramePtr frame;
    std::uint32_t index = 0;  ///< of the payload in the frame
    MonotonicTime sentAt{};
    MonotonicTime resentAt{};  ///< sentAt until it is resent
};

/// The packets of one outgoing stream that can still be retransmitted, on the same SSRC with the same sequence number
/// (RTX is not negotiated). The resent packet must equal the first byte for byte, as SRTP uses the same keystream for
/// it. Not thread-safe.
/// @source RFC 4585 section 6.2.1
class SentPacketHistory {
public:
    /// Memory against reach: 1024 packets are 5 s of 2 Mb/s. Older than a second a frame comes too late to be shown.
    static constexpr std::size_t kDefaultCapacity = 1024;
    static constexpr Duration kMaxAge = std::chrono::seconds(1);
    /// Between two resends of one packet at least this, or the round trip when that is longer.
    static constexpr Duration kMinResendInterval = std::chrono::milliseconds(20);

    /// @param capacity  a power of two
    explicit SentPacketHistory(std::size_t capacity = kDefaultCapacity);

    void add(const RtpHeader& header, PacketizedFramePtr frame, std::size_t index, MonotonicTime now);

    /// The packet to send again, marked as resent now. Null when it is not kept any more, is too old, or was resent
    /// less than one round trip ago.
    /// @return borrowed until the next `add`
    const SentPacket* takeForResend(std::uint16_t sequence, MonotonicTime now, Duration roundTrip);

    /// True while this packet could be sent again.
    bool isKept(std::uint16_t sequence, MonotonicTime now) const {
        const SentPacket& slot = ring_[sequence & (ring_.size() - 1)];
        return slot.frame && slot.header.sequence == sequence && now - slot.sentAt <= kMaxAge;
    }

private:
    std::vector<SentPacket> ring_;  ///< index = sequence modulo capacity; frame null = empty
};

}  // namespace tessera
