#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "mcu/media/packet_queue.h"
#include "mcu/meeting/peer.h"

#include "pipelines/webrtc/decode_leg.h"
#include "pipelines/webrtc/dtls_transport.h"
#include "pipelines/webrtc/ice_transport.h"
#include "pipelines/webrtc/receiving_half.h"
#include "pipelines/webrtc/sdp/sdp_negotiation.h"
#include "pipelines/webrtc/sdp/sdp_offer.h"
#include "pipelines/webrtc/sending_half.h"

namespace tessera {

/// What all peers of a process share; outlives them.
struct PeerSurroundings {
    EventLoop& loop;
    const WebRtcSettings& settings;
    const DtlsCertificate& certificate;
    PacketizedFrameCache& frames;
};

/// One peer on its event loop: ICE, DTLS and SRTP in front of a receiving and a sending half, and the watch over
/// whether anyone is still there.
/// @thread the loop's own, but for what is marked
class PeerConnection final : public std::enable_shared_from_this<PeerConnection>,
                             private IceListener,
                             private DtlsListener {
public:
    /// From the answer until media may flow: above the checks of a peer behind TURN.
    static constexpr Duration kConnectDeadline = std::chrono::seconds(15);

    struct Terms {
        PeerId id;
        SdpOffer offer;
        Negotiation negotiation;
        SourceFeedPtr feed;              ///< null when nothing is received
        std::unique_ptr<DecodeLeg> leg;  ///< as above
        const Timeline* timeline = nullptr;
        bool isOffering = false;  ///< `offer` is what we want to be asked for; `accept` brings what was answered
    };

    /// @param listener  outlives `end`
    PeerConnection(PeerSurroundings surroundings, Terms terms, PeerListener& listener);
    ~PeerConnection() override;

    /// Opens sockets and gathers; a failure is told as the answer.
    void open();
    /// The answer to our offer. @param isLite  the other side only answers checks
    void accept(Negotiation agreed, bool isLite);
    void addRemoteCandidates(const std::vector<IceCandidate>& candidates, bool areAll);
    void requestKeyframe();
    /// Says goodbye and frees everything but the decoders. The listener is called no more.
    void end();

    /// Queues a rendition's packet. @thread any
    void offer(PacketPtr packet);
    /// @thread any
    PeerStats stats() const;
    /// Ends the decoders. @thread any but the loop's, after `end`
    void stopDecoding(Duration deadline);
    const Negotiation& negotiation() const { return terms_.negotiation; }

private:
    void onGathered() override;
    void connect();
    void onIceReady() override;
    void onIceFailed() override;
    void onDatagram(std::span<std::uint8_t> datagram) override;
    void onStun() override;
    void onDtlsSend(std::span<const std::uint8_t> datagram) override;
    void onDtlsConnected(const SrtpKeys& keys) override;
    void onDtlsClosed(const Error& reason) override;

    Status openTransports();
    Status startMedia(const SrtpKeys& keys);
    void onRtcp(ByteSpan compound);
    void onRtcpPacket(const RtcpPacket& packet);
    void drainQueue();
    void tick();
    void sendReports();
    void sendBye();
    void heard();
    void askOwnerForKeyframe();
    void finish(const Error& reason);
    void releaseTransports();
    bool isConnected() const { return wire_ != nullptr; }
    MonotonicTime now() const { return terms_.timeline->clock().now(); }

    // Borrowed
    PeerSurroundings with_;
    PeerListener& listener_;
    // State
    Terms terms_;
    PeerCounters counters_;
    PacketQueue queue_;
    std::atomic<bool> takesMedia_{false};
    std::atomic<bool> isDrainPosted_{false};
    std::uint64_t queueDropsSeen_ = 0;
    SendingHalf::Ssrcs ssrcs_;
    std::string cname_;
    bool isOver_ = false;
    unsigned ticks_ = 0;
    MonotonicTime openedAt_{}, heardAt_{}, keyframeAskedAt_{};
    std::vector<std::uint8_t> compound_;
    // Owned; in the order of dependence
    std::unique_ptr<IceTransport> ice_;
    std::unique_ptr<DtlsTransport> dtls_;
    std::unique_ptr<SrtpSession> srtp_;
    std::unique_ptr<PacketWire> wire_;
    std::unique_ptr<RtcpFeedback> feedback_;
    std::unique_ptr<ReceivingHalf> receiving_;
    std::unique_ptr<SendingHalf> sending_;
    LoopTimer tickTimer_;
};

}  // namespace tessera
