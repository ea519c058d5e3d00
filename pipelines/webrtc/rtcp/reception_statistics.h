#pragma once

#include <cstdint>
#include <optional>

#include "mcu/base/time.h"

#include "pipelines/webrtc/rtcp/rtcp_packet.h"
#include "pipelines/webrtc/rtp/sequence_number.h"

namespace tessera {

/// Counts one received stream for its report blocks. Not thread-safe.
/// @source RFC 3550 section 6.4.1, appendices A.3 (loss) and A.8 (jitter)
class ReceptionStatistics {
public:
    ReceptionStatistics(std::uint32_t ssrc, std::uint32_t clockRate) : ssrc_(ssrc), clockRate_(clockRate) {}

    /// @param extendedSequence  of a SequenceUnwrapper
    void onPacket(std::int64_t extendedSequence, std::uint32_t rtpTimestamp, MonotonicTime arrival);
    void onSenderReport(NtpTime ntp, MonotonicTime arrival);

    /// The block to send now; starts the next interval of fractionLost. Nothing before the first packet.
    std::optional<ReportBlock> takeReport(MonotonicTime now);

    std::uint64_t packetsReceived() const { return received_; }
    /// Expected minus received, not below zero.
    std::uint64_t packetsLost() const;
    Duration jitter() const;

private:
    /// An Unwrapper starts one cycle up.
    static constexpr std::int64_t kFirstCycle = 1 << 16;

    std::int64_t expected() const { return highest_ - first_ + 1; }

    std::uint32_t ssrc_;
    std::uint32_t clockRate_;
    // State
    std::int64_t first_ = 0, highest_ = 0;
    std::uint64_t received_ = 0;
    std::int64_t expectedPrior_ = 0;
    std::uint64_t receivedPrior_ = 0;
    std::optional<std::uint32_t> lastTransit_;  ///< arrival minus timestamp, in RTP units modulo 2^32
    std::uint32_t lastTimestamp_ = 0;
    double jitter_ = 0;  ///< in RTP units
    NtpTime lastReportNtp_;
    MonotonicTime lastReportArrival_{};
};

}  // namespace tessera
