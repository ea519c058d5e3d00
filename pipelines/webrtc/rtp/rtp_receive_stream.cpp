#include "pipelines/webrtc/rtp/rtp_receive_stream.h"

#include <algorithm>
#include <utility>

namespace tessera {

namespace {

/// @source RFC 3550 appendix A.1 (MAX_DROPOUT, MAX_MISORDER); the latter wider, as retransmissions come late
constexpr std::int64_t kMaxDropout = 3000, kMaxMisorder = 1000;

}  // namespace

RtpReceiveStream::RtpReceiveStream(Settings settings, SenderClock& clock)
    : settings_(settings),
      jitterBuffer_(settings.kind == MediaKind::Video ? JitterBuffer::kVideo : JitterBuffer::kAudio),
      mapper_(clock, settings.clockRate) {
    settings_.nack = settings.nack && settings.kind == MediaKind::Video;
}

void RtpReceiveStream::begin(std::uint32_t ssrc) {
    receivedBefore_ = packetsReceived();
    lostBefore_ = packetsLost();
    ssrc_ = ssrc;
    sequences_.reset();
    statistics_.emplace(ssrc, settings_.clockRate);
    jitterBuffer_.reset();
    nackGenerator_ = NackGenerator();
    mapper_.reset();
    afterRestart_.reset();
    keyframeNeeded_ = settings_.kind == MediaKind::Video;
}

bool RtpReceiveStream::follow(const RtpHeader& header, MonotonicTime arrival) {
    if (!ssrc_) {
        begin(header.ssrc);
        return true;
    }
    if (header.ssrc != *ssrc_) {
        if (arrival - lastArrival_ < kSsrcSilence) return false;
        begin(header.ssrc);
        return true;
    }
    if (!sequences_.highest()) return true;
    const std::int64_t ahead = sequences_.peek(header.sequence) - *sequences_.highest();
    if (ahead <= kMaxDropout && ahead >= -kMaxMisorder) {
        afterRestart_.reset();
        return true;
    }
    // Two packets in a row so far away: the sender counts anew. One alone is a stray.
    const bool restarted = afterRestart_ == header.sequence;
    afterRestart_ = static_cast<std::uint16_t>(header.sequence + 1);
    if (restarted) begin(*ssrc_);
    return restarted;
}

void RtpReceiveStream::onPacket(const RtpPacketView& packet, MonotonicTime arrival) {
    const RtpHeader& header = packet.header();
    if (!follow(header, arrival)) return;
    lastArrival_ = arrival;
    ReceivedPacket received;
    received.header = header;
    received.sequence = sequences_.unwrap(header.sequence);
    received.arrival = arrival;
    received.pts = mapper_.map(header.timestamp, MediaTime(arrival - settings_.epoch));
    received.payload.assign(packet.payload().begin(), packet.payload().end());
    statistics_->onPacket(received.sequence, header.timestamp, arrival);
    if (settings_.nack) nackGenerator_.onPacket(received.sequence, arrival);
    jitterBuffer_.insert(std::move(received));
}

void RtpReceiveStream::onSenderReport(const SenderReport& report, MonotonicTime arrival) {
    if (ssrc_ != report.ssrc) return;
    statistics_->onSenderReport(report.ntp, arrival);
    mapper_.onSenderReport(report.ntp, report.rtpTimestamp);
}

RtpReceiveStream::Due RtpReceiveStream::take(MonotonicTime now, Duration roundTrip) {
    Due due;
    const bool video = settings_.kind == MediaKind::Video;
    for (ReceivedPacket& packet : jitterBuffer_.take(now)) {
        lostSinceRelease_ += packet.lostBefore;
        if (video && packet.lostBefore > 0) keyframeNeeded_ = true;
        if (packet.payload.empty()) {
            ++paddingSkipped_;
            continue;
        }
        packet.header.sequence = static_cast<std::uint16_t>(packet.header.sequence - paddingSkipped_);
        due.packets.push_back(
            {plainRtp(packet.header, packet.payload), packet.pts, std::exchange(lostSinceRelease_, 0)});
    }
    if (settings_.nack) {
        nackGenerator_.forgetBefore(jitterBuffer_.nextSequence().value_or(0));
        NackGenerator::Due nack = nackGenerator_.take(now, roundTrip);
        due.nacks = std::move(nack.sequences);
        keyframeNeeded_ = keyframeNeeded_ || nack.keyframeNeeded;
    }
    due.keyframeNeeded = std::exchange(keyframeNeeded_, false);
    return due;
}

std::optional<MonotonicTime> RtpReceiveStream::nextDeadline(Duration roundTrip) const {
    const auto release = jitterBuffer_.nextDeadline();
    const auto request = settings_.nack ? nackGenerator_.nextDeadline(roundTrip) : std::nullopt;
    if (release && request) return std::min(*release, *request);
    return release ? release : request;
}

std::optional<ReportBlock> RtpReceiveStream::takeReport(MonotonicTime now) {
    return statistics_ ? statistics_->takeReport(now) : std::nullopt;
}

std::uint64_t RtpReceiveStream::packetsReceived() const {
    return receivedBefore_ + (statistics_ ? statistics_->packetsReceived() : 0);
}

std::uint64_t RtpReceiveStream::packetsLost() const {
    return lostBefore_ + (statistics_ ? statistics_->packetsLost() : 0);
}

}  // namespace tessera
