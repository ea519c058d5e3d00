#pragma once

#include <cstdint>
#include <optional>

#include "pipelines/webrtc/rtcp/rtcp_packet.h"
#include "pipelines/webrtc/rtp/packetizer.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"

namespace tessera {

/// Numbers one outgoing RTP stream of one peer. Timestamps are computed from the frames' MediaTime, so that they go on
/// through a switch to another rendition; sequence numbers just count. Not thread-safe.
class RtpStreamWriter {
public:
    struct Settings {
        std::uint32_t ssrc = 0;
        std::uint8_t payloadType = 0;
        std::uint32_t clockRate = 90000;    ///< 48000 for Opus
        std::uint16_t firstSequence = 0;    ///< random (RFC 3550 section 5.1), below 2^15 (libsrtp's first-packet rule)
        std::uint32_t timestampOffset = 0;  ///< random
    };

    explicit RtpStreamWriter(Settings settings) : settings_(settings), nextSequence_(settings.firstSequence) {}

    /// Begins a frame; its packets are then numbered by `next`.
    /// @return false when the frame is not newer than the last one (an old packet of the rendition that was switched
    ///         away from): leave it out. Audio that overlaps the last packet by up to kMaxOverlap is sent directly
    ///         behind it instead.
    bool begin(const PacketizedFrame& frame);

    /// The header of the frame's next payload, in order; counts it as sent.
    RtpHeader next(const PacketizedFrame& frame, std::size_t index);

    /// What a sender report says now; nothing before the first packet.
    /// @param now  meeting time; maps to the RTP timestamp as every frame's pts does
    std::optional<SenderReport> report(MediaTime now) const;

    std::uint32_t ssrc() const { return settings_.ssrc; }
    std::uint64_t packets() const { return packets_; }
    std::uint64_t payloadBytes() const { return octets_; }

    /// Two Opus packets: what two encoders of one mix can differ by.
    static constexpr Duration kMaxOverlap = std::chrono::milliseconds(40);

private:
    /// Extended RTP time of a meeting time, without the random offset.
    std::int64_t toRtp(MediaTime time) const;

    Settings settings_;
    // State
    std::uint16_t nextSequence_;
    std::int64_t timestamp_ = 0;       ///< of the frame begun last
    std::optional<std::int64_t> end_;  ///< where the frame begun last ends
    std::uint64_t packets_ = 0, octets_ = 0;
};

}  // namespace tessera
