#include "pipelines/webrtc/rtp/sent_packet_history.h"

#include <algorithm>
#include <bit>

#include "mcu/base/check.h"

namespace tessera {

SentPacketHistory::SentPacketHistory(std::size_t capacity) : ring_(capacity) {
    TESSERA_CHECK(std::has_single_bit(capacity) && capacity <= 32768);
}

void SentPacketHistory::add(const RtpHeader& header, PacketizedFramePtr frame, std::size_t index, MonotonicTime now) {
    SentPacket& slot = ring_[header.sequence & (ring_.size() - 1)];
    slot = {header, std::move(frame), static_cast<std::uint32_t>(index), now, now};
}

const SentPacket* SentPacketHistory::takeForResend(std::uint16_t sequence, MonotonicTime now, Duration roundTrip) {
    SentPacket& slot = ring_[sequence & (ring_.size() - 1)];
    if (!slot.frame || slot.header.sequence != sequence) return nullptr;
    if (now - slot.sentAt > kMaxAge) {
        slot.frame.reset();
        return nullptr;
    }
    const bool resent = slot.resentAt != slot.sentAt;
    if (resent && now - slot.resentAt < std::max(roundTrip, kMinResendInterval)) return nullptr;
    // A resend within the same instant as the sending must still count as one.
    slot.resentAt = std::max(now, slot.sentAt + Duration(1));
    return &slot;
}

}  // namespace tessera
