#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mcu/meeting/peer.h"

#include "pipelines/codecs/opus_receiver.h"
#include "pipelines/rtp/ip_address.h"
#include "pipelines/rtp/udp_socket.h"
#include "pipelines/webrtc/peer_counters.h"
#include "pipelines/webrtc/rtcp/rtcp_packet.h"
#include "pipelines/webrtc/rtp/rtp_receive_stream.h"
#include "pipelines/webrtc/rtp/rtp_stream_writer.h"

namespace tessera {

/// One participant over plain RTP on its event loop: order, loss and time of what it sends, numbers for what it gets,
/// reports both ways, and the watch over whether it is still there. Does not know how it is found by address.
/// @thread the loop's own, but for what is marked
class RtpConnection {
public:
    struct Terms {
        PeerId id;
        RtpTerms rtp;
        IpAddress address;  ///< `rtp.address`
        bool maySend = true, mayReceive = true;
        SourceFeedPtr feed;  ///< null exactly when !maySend
        const Timeline* timeline = nullptr;
    };
    /// For who has not sent anything yet: time to switch a device on.
    static constexpr Duration kFirstPacket = std::chrono::seconds(60);
    /// @source RFC 3550 section 6.2: at least 5 s between reports of a session of few members
    static constexpr Duration kReportInterval = std::chrono::seconds(5);

    /// @param listener, socket  outlive the connection
    RtpConnection(Terms terms, PeerListener& listener, UdpSocket& socket);

    /// Tells the owner that it is there.
    void open();
    /// The address was learnt from its first packet.
    void latch(std::uint16_t port);
    /// True for a packet that this participant may send: what `latch` needs to see.
    bool accepts(std::span<const std::uint8_t> datagram) const;

    void onDatagram(std::span<const std::uint8_t> datagram);
    /// Gives to the decoder what has waited long enough for a lost packet.
    void release();
    /// True while `release` may have something to do.
    bool isWaiting() const { return stream_ && stream_->nextDeadline({}).has_value(); }
    /// Queues a rendition's packet on the socket. @param frame  of the packet; outlives the socket's flush
    void send(const PacketizedFrame& frame);
    /// The network says that nothing listens there.
    void onRefused();
    /// About every half second. Reports are queued in `reports`, which outlives the socket's flush.
    void tick(std::vector<std::vector<std::uint8_t>>& reports);
    /// Says goodbye; the listener is called no more.
    void end(std::vector<std::vector<std::uint8_t>>& reports);

    const Terms& terms() const { return terms_; }
    std::optional<UdpEndpoint> remote() const { return remote_; }
    std::uint32_t ssrc() const { return writer_.ssrc(); }
    bool isOver() const { return isOver_; }
    /// @thread any
    bool takesMedia() const { return takesMedia_; }
    PeerStats stats() const { return counters_.toStats(); }
    void dropped() { counters_.sent.dropped.add(); }

private:
    void onRtp(std::span<const std::uint8_t> packet);
    void onRtcp(std::span<const std::uint8_t> compound);
    void heard();
    void connected();
    void finish(const Error& reason);
    void watch(MonotonicTime now);
    std::vector<std::uint8_t> makeReport();
    MonotonicTime now() const { return terms_.timeline->clock().now(); }

    // Borrowed
    PeerListener& listener_;
    UdpSocket& socket_;
    // State
    Terms terms_;
    PeerCounters counters_;
    std::optional<UdpEndpoint> remote_;
    SenderClock senderClock_;
    std::optional<RtpReceiveStream> stream_;
    std::optional<OpusReceiver> decoder_;
    RtpStreamWriter writer_;
    std::string cname_;
    std::atomic<bool> takesMedia_{false};
    bool isOver_ = false, wasHeard_ = false;
    MonotonicTime openedAt_{}, heardAt_{}, reportedAt_{};
    std::optional<MonotonicTime> refusedSince_;
    MonotonicTime refusedAt_{};
};

}  // namespace tessera
