#include "pipelines/webrtc/rtp/rtp_stream_writer.h"

#include <algorithm>

namespace tessera {

std::int64_t RtpStreamWriter::toRtp(MediaTime time) const {
    // Whole seconds and the rest apart, so that nothing overflows; rounded to nearest, so that 1/30 s steps stay even.
    const std::int64_t ns = time.time_since_epoch().count();
    const std::int64_t seconds = ns / kNanosecondsPerSecond, rest = ns % kNanosecondsPerSecond;
    const auto rate = static_cast<std::int64_t>(settings_.clockRate);
    return seconds * rate + (rest * rate + kNanosecondsPerSecond / 2) / kNanosecondsPerSecond;
}

bool RtpStreamWriter::begin(const PacketizedFrame& frame) {
    std::int64_t timestamp = toRtp(frame.pts);
    const std::int64_t length = toRtp(MediaTime(frame.duration));
    if (end_) {
        const bool audio = frame.kind == MediaKind::Audio;
        const std::int64_t earliest = audio ? *end_ : timestamp_ + 1;
        const std::int64_t tolerance = audio ? toRtp(MediaTime(kMaxOverlap)) : 0;
        if (timestamp < earliest - tolerance) return false;
        timestamp = std::max(timestamp, earliest);
    }
    timestamp_ = timestamp;
    end_ = timestamp + length;
    return true;
}

RtpHeader RtpStreamWriter::next(const PacketizedFrame& frame, std::size_t index) {
    RtpHeader header;
    header.marker = frame.marker(index);
    header.payloadType = settings_.payloadType;
    header.sequence = nextSequence_++;
    header.timestamp = static_cast<std::uint32_t>(timestamp_) + settings_.timestampOffset;
    header.ssrc = settings_.ssrc;
    ++packets_;
    octets_ += frame.payload(index).size();
    return header;
}

std::optional<SenderReport> RtpStreamWriter::report(MediaTime now) const {
    if (packets_ == 0) return std::nullopt;
    SenderReport report;
    report.ssrc = settings_.ssrc;
    report.ntp = NtpTime::fromMedia(now);
    report.rtpTimestamp = static_cast<std::uint32_t>(toRtp(now)) + settings_.timestampOffset;
    report.packets = static_cast<std::uint32_t>(packets_);
    report.octets = static_cast<std::uint32_t>(octets_);
    return report;
}

}  // namespace tessera
