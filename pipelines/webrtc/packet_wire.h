#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "mcu/base/stats.h"

#include "pipelines/webrtc/ice_transport.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"
#include "pipelines/webrtc/srtp/srtp_session.h"

namespace tessera {

/// What a wire counts; readable by any thread.
struct WireCounters {
    Counter packets, bytes, dropped;
};

/// Protects outgoing packets and sends them in batches. What the socket does not take waits, bounded; an overflow drops
/// everything that waits, since the receiver cannot use the rest without it.
/// @thread the loop's own
class PacketWire {
public:
    /// More waiting packets than this overflow: about half a second of 4 Mb/s.
    static constexpr std::size_t kMaxWaiting = 256;
    static constexpr Duration kRetryInterval = std::chrono::milliseconds(3);

    /// @param onOverflow  called from `flush`: a keyframe is needed
    PacketWire(EventLoop& loop, IceTransport& ice, SrtpSession& srtp, WireCounters& counters,
               std::function<void()> onOverflow);

    /// Protects and queues one RTP packet.
    void addRtp(const RtpHeader& header, std::span<const std::uint8_t> payload);
    /// Protects and queues a compound RTCP packet.
    void addRtcp(std::vector<std::uint8_t>& compound);
    /// Sends what is queued, as far as the socket takes it.
    void flush();

private:
    std::vector<std::uint8_t>& nextBuffer();

    // Borrowed
    EventLoop& loop_;
    IceTransport& ice_;
    SrtpSession& srtp_;
    WireCounters& counters_;
    // State
    std::function<void()> onOverflow_;
    std::vector<std::vector<std::uint8_t>> buffers_;  ///< reused; the first `queued_` are waiting, in order
    std::size_t queued_ = 0;
    std::vector<std::span<const std::uint8_t>> batch_;
    LoopTimer retryTimer_;
};

}  // namespace tessera
