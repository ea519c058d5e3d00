#include "pipelines/webrtc/rtcp/reception_statistics.h"

#include <algorithm>
#include <cmath>

namespace tessera {

void ReceptionStatistics::onPacket(std::int64_t extendedSequence, std::uint32_t rtpTimestamp, MonotonicTime arrival) {
    if (received_++ == 0) first_ = highest_ = extendedSequence;
    first_ = std::min(first_, extendedSequence);
    highest_ = std::max(highest_, extendedSequence);

    const std::int64_t ns = arrival.time_since_epoch().count();
    const auto rate = static_cast<std::int64_t>(clockRate_);
    const std::int64_t arrivalUnits =
        ns / kNanosecondsPerSecond * rate + ns % kNanosecondsPerSecond * rate / kNanosecondsPerSecond;
    const auto transit = static_cast<std::uint32_t>(arrivalUnits) - rtpTimestamp;
    // One sample per picture: the packets of one share a timestamp but are paced.
    if (lastTransit_ && rtpTimestamp == lastTimestamp_) return;
    if (lastTransit_) {
        const double difference = std::abs(static_cast<double>(static_cast<std::int32_t>(transit - *lastTransit_)));
        jitter_ += (difference - jitter_) / 16;
    }
    lastTransit_ = transit;
    lastTimestamp_ = rtpTimestamp;
}

void ReceptionStatistics::onSenderReport(NtpTime ntp, MonotonicTime arrival) {
    lastReportNtp_ = ntp;
    lastReportArrival_ = arrival;
}

std::optional<ReportBlock> ReceptionStatistics::takeReport(MonotonicTime now) {
    if (received_ == 0) return std::nullopt;
    const std::int64_t expectedNow = expected() - expectedPrior_;
    const std::int64_t receivedNow = static_cast<std::int64_t>(received_ - receivedPrior_);
    expectedPrior_ = expected();
    receivedPrior_ = received_;

    ReportBlock block;
    block.ssrc = ssrc_;
    const std::int64_t lostNow = expectedNow - receivedNow;
    if (expectedNow > 0 && lostNow > 0) {
        block.fractionLost = static_cast<std::uint8_t>(std::min<std::int64_t>(255, lostNow * 256 / expectedNow));
    }
    const std::int64_t lost = expected() - static_cast<std::int64_t>(received_);
    block.cumulativeLost = static_cast<std::int32_t>(std::clamp<std::int64_t>(lost, -0x800000, 0x7FFFFF));
    block.highestSequence = static_cast<std::uint32_t>(highest_ - kFirstCycle);
    block.jitter = static_cast<std::uint32_t>(std::min(jitter_, 4294967295.0));
    if (lastReportNtp_.value != 0) {
        block.lastSenderReport = lastReportNtp_.compact();
        block.delaySinceLastReport = toCompactNtp(now - lastReportArrival_);
    }
    return block;
}

std::uint64_t ReceptionStatistics::packetsLost() const {
    const std::int64_t lost = received_ == 0 ? 0 : expected() - static_cast<std::int64_t>(received_);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(lost, 0));
}

Duration ReceptionStatistics::jitter() const {
    return Duration(static_cast<std::int64_t>(jitter_ * static_cast<double>(kNanosecondsPerSecond) / clockRate_));
}

}  // namespace tessera
