#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "mcu/media/packet.h"

#include "pipelines/webrtc/rtcp/reception_statistics.h"
#include "pipelines/webrtc/rtp/jitter_buffer.h"
#include "pipelines/webrtc/rtp/nack_generator.h"
#include "pipelines/webrtc/rtp/rtp_clock_mapper.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"
#include "pipelines/webrtc/rtp/sequence_number.h"

namespace tessera {

/// Everything that one received media stream needs between SRTP and the depayloader: order, loss, requests, time and
/// statistics. Follows the sender to a new SSRC when the old one has fallen silent. Not thread-safe.
class RtpReceiveStream {
public:
    struct Settings {
        MediaKind kind = MediaKind::Video;
        std::uint32_t clockRate = 90000;
        bool nack = true;       ///< nack was negotiated; never used for audio
        MonotonicTime epoch{};  ///< of the meeting's timeline
    };
    /// Packets of another SSRC are left out while the present one sent something less than this long ago.
    static constexpr Duration kSsrcSilence = std::chrono::milliseconds(500);

    RtpReceiveStream(Settings settings, SenderClock& clock);

    void onPacket(const RtpPacketView& packet, MonotonicTime arrival);
    /// @param report  of any SSRC; one of another stream is ignored
    void onSenderReport(const SenderReport& report, MonotonicTime arrival);

    /// What the decoder gets and what the sender is asked for, now. Call after onPacket and at nextDeadline.
    struct Due {
        /// In order, padding removed: plain RTP packets (plainRtp), whose sequence numbers have gaps exactly where
        /// packets were lost.
        struct Packet {
            std::vector<std::uint8_t> rtp;
            MediaTime pts{};
            std::uint32_t lostBefore = 0;
        };
        std::vector<Packet> packets;
        std::vector<std::uint16_t> nacks;
        bool keyframeNeeded = false;  ///< video has begun, or was lost for good
    };
    Due take(MonotonicTime now, Duration roundTrip);
    std::optional<MonotonicTime> nextDeadline(Duration roundTrip) const;

    /// The report block to send now; nothing before the first packet.
    std::optional<ReportBlock> takeReport(MonotonicTime now);

    std::optional<std::uint32_t> ssrc() const { return ssrc_; }
    std::uint64_t packetsReceived() const;
    std::uint64_t packetsLost() const;

private:
    /// Starts anew for an SSRC.
    void begin(std::uint32_t ssrc);
    /// @return false when the packet is not of the stream
    bool follow(const RtpHeader& header, MonotonicTime arrival);

    Settings settings_;
    // State
    std::optional<std::uint32_t> ssrc_;
    MonotonicTime lastArrival_{};
    SequenceUnwrapper sequences_;
    std::optional<ReceptionStatistics> statistics_;
    JitterBuffer jitterBuffer_;
    NackGenerator nackGenerator_;
    RtpClockMapper mapper_;
    std::optional<std::uint16_t> afterRestart_;  ///< number that would confirm that the sender counts anew
    std::uint16_t paddingSkipped_ = 0;
    std::uint32_t lostSinceRelease_ = 0;
    bool keyframeNeeded_ = false;
    std::uint64_t receivedBefore_ = 0, lostBefore_ = 0;  ///< of earlier SSRCs
};

}  // namespace tessera
