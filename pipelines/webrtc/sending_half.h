#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "mcu/base/time.h"

#include "pipelines/webrtc/packet_wire.h"
#include "pipelines/webrtc/peer_counters.h"
#include "pipelines/webrtc/rtp/packetized_frame_cache.h"
#include "pipelines/webrtc/rtp/rtp_stream_writer.h"
#include "pipelines/webrtc/rtp/sent_packet_history.h"
#include "pipelines/webrtc/sdp/sdp_negotiation.h"

namespace tessera {

/// The half of a connected peer that sends renditions to it. Frames are cut once for all peers; here they get their
/// headers and their protection.
/// @thread the loop's own
class SendingHalf {
public:
    struct Ssrcs {
        std::uint32_t audio = 0, video = 0;
    };
    /// What it works with; all of it outlives it.
    struct Surroundings {
        const Timeline& timeline;
        PacketWire& wire;
        PacketizedFrameCache& frames;
        PeerCounters& counters;
    };

    SendingHalf(const Negotiation& negotiation, Ssrcs ssrcs, Surroundings surroundings);

    /// Queues a rendition's packet on the wire; the caller flushes.
    /// @return true when it began a stream: a sender report is due, so that the receiver can synchronise at once
    bool send(const PacketPtr& packet);
    /// Sends again what is still kept. @return false when something is gone: a keyframe would help
    bool onNack(const Nack& nack);
    /// A report on what we sent. Updates the round trip.
    void onReport(const ReportBlock& block);
    /// What was sent last is lost: video is left out up to the next keyframe.
    void skipToKeyframe() { isSkipping_ = true; }

    /// One for each stream that has begun.
    std::vector<SenderReport> reports() const;

private:
    struct Stream {
        Stream(const NegotiatedMedia& media, std::uint32_t ssrc);
        RtpStreamWriter writer;
        std::optional<SentPacketHistory> history;  ///< where NACK was negotiated
    };

    // Borrowed
    Surroundings with_;
    // State
    std::optional<Stream> video_, audio_;
    VideoCodec codec_ = VideoCodec::Vp8;
    bool isSkipping_ = false;
};

}  // namespace tessera
