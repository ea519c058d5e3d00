#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mcu/base/time.h"
#include "mcu/media/source_feed.h"

#include "pipelines/webrtc/decode_leg.h"
#include "pipelines/webrtc/event_loop.h"
#include "pipelines/webrtc/keyframe_requester.h"
#include "pipelines/webrtc/peer_counters.h"
#include "pipelines/webrtc/rtcp/transport_feedback_generator.h"
#include "pipelines/webrtc/rtcp_feedback.h"
#include "pipelines/webrtc/rtp/rtp_receive_stream.h"
#include "pipelines/webrtc/sdp/sdp_negotiation.h"

namespace tessera {

/// The half of a connected peer that takes its media: order, loss, time and feedback in front of the decoders.
/// @thread the loop's own
class ReceivingHalf {
public:
    /// What it works with; all of it outlives it.
    struct Surroundings {
        EventLoop& loop;
        const Timeline& timeline;
        RtcpFeedback& rtcp;
        PeerCounters& counters;
        DecodeLeg& leg;
        SourceFeed& feed;
    };
    /// What a sender without transport-wide feedback may send: enough for 720p at 30 fps.
    static constexpr std::uint64_t kFixedEstimateBps = 2'500'000;

    ReceivingHalf(const Negotiation& negotiation, Surroundings surroundings);

    /// @param packet  plain RTP
    void onRtp(ByteSpan packet);
    void onSenderReport(const SenderReport& report);
    /// @return true when the peer has said goodbye for every stream that it sent
    bool onBye(const Bye& bye);
    void requestKeyframe();

    /// The report blocks to send now.
    std::vector<ReportBlock> takeReports();
    /// About every half second: repeats what was not answered, and notices that packets have ceased.
    void tick();

private:
    struct Stream {
        Stream(const NegotiatedMedia& negotiated, MonotonicTime epoch, SenderClock& clock);
        NegotiatedMedia media;
        RtpReceiveStream rtp;
        bool hasEnded = false;  ///< BYE came and no packet after it
    };

    Stream* streamOf(std::uint8_t payloadType);
    void release();
    void releaseVideo(MonotonicTime now);
    void releaseAudio(MonotonicTime now);
    void askForKeyframe(MonotonicTime now);
    void armDeadline(MonotonicTime now);
    void sendTransportFeedback();
    void setFeedState(SourceState state);
    MonotonicTime now() const { return with_.timeline.clock().now(); }

    // Borrowed
    Surroundings with_;
    // State
    SenderClock senderClock_;
    std::optional<Stream> video_, audio_;
    KeyframeRequester keyframes_;
    TransportFeedbackGenerator transportFeedback_;
    std::uint32_t feedbackTarget_ = 0;  ///< SSRC of the packet that was received last
    std::uint8_t firNumber_ = 0;
    bool isTapped_ = false;  ///< somebody wants the video as it is coded
    MonotonicTime lastPacket_{};
    SourceState feedState_ = SourceState::Connecting;
    std::optional<MonotonicTime> deadline_;
    LoopTimer deadlineTimer_, feedbackTimer_;
};

}  // namespace tessera
