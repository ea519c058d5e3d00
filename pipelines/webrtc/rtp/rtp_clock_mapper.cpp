#include "pipelines/webrtc/rtp/rtp_clock_mapper.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace tessera {

namespace {

Duration scaled(Duration duration, double factor) {
    return Duration(static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

std::optional<Duration> SenderClock::origin() const {
    std::int64_t newest = std::numeric_limits<std::int64_t>::min();
    for (const RtpClockMapper* stream : streams_) {
        if (!stream->window_.empty()) newest = std::max(newest, stream->window_.back().index);
    }
    std::vector<Duration> origins;
    for (const RtpClockMapper* stream : streams_) {
        const bool active = !stream->window_.empty() &&
                            newest - stream->window_.back().index < RtpClockMapper::kWindow / RtpClockMapper::kBucket;
        if (active && stream->reportOffset_) origins.push_back(stream->arrivalOffset() - *stream->reportOffset_);
    }
    if (origins.size() < 2) return std::nullopt;
    const auto [earliest, latest] = std::minmax_element(origins.begin(), origins.end());
    if (*latest - *earliest > kMaxSkew) return std::nullopt;
    return *latest;
}

RtpClockMapper::RtpClockMapper(SenderClock& clock, std::uint32_t clockRate) : clock_(&clock), clockRate_(clockRate) {
    clock_->streams_.push_back(this);
}

RtpClockMapper::~RtpClockMapper() {
    std::erase(clock_->streams_, this);
}

Duration RtpClockMapper::mediaTime(std::int64_t extendedTimestamp) const {
    const auto rate = static_cast<std::int64_t>(clockRate_);
    return Duration(extendedTimestamp / rate * kNanosecondsPerSecond +
                    extendedTimestamp % rate * kNanosecondsPerSecond / rate);
}

MediaTime RtpClockMapper::map(std::uint32_t rtpTimestamp, MediaTime arrival) {
    Duration media = mediaTime(timestamps_.peek(rtpTimestamp));
    if (looksRestarted(arrival.time_since_epoch() - media)) {
        if (strange_ < kRestartPackets) return arrival;
        reset();
        ++steps_;
        media = mediaTime(timestamps_.peek(rtpTimestamp));
    }
    timestamps_.unwrap(rtpTimestamp);
    const Duration offset = arrival.time_since_epoch() - media;
    if (!offset_) {
        offset_ = offset;
        startedAt_ = slewedAt_ = arrival;
    }
    observe(offset, arrival);
    slew(arrival);
    return MediaTime(media + *offset_);
}

bool RtpClockMapper::looksRestarted(Duration offset) {
    const bool strange = offset_ && std::chrono::abs(offset - *offset_) > kRestart;
    strange_ = strange ? strange_ + 1 : 0;
    return strange;
}

void RtpClockMapper::observe(Duration offset, MediaTime arrival) {
    const std::int64_t index = arrival.time_since_epoch() / kBucket;
    if (window_.empty() || index > window_.back().index) {
        window_.push_back({index, offset});
    } else {
        window_.back().minimum = std::min(window_.back().minimum, offset);
    }
    while (index - window_.front().index >= kWindow / kBucket) window_.pop_front();
}

Duration RtpClockMapper::arrivalOffset() const {
    const std::int64_t recentFrom = window_.back().index - kRecent / kBucket;
    Duration all = window_.back().minimum;
    Duration recent = all;
    for (const Bucket& bucket : window_) {
        all = std::min(all, bucket.minimum);
        if (bucket.index >= recentFrom) recent = std::min(recent, bucket.minimum);
    }
    return recent - all > kLate ? recent : all;
}

void RtpClockMapper::slew(MediaTime arrival) {
    const auto origin = reportOffset_ ? clock_->origin() : std::nullopt;
    const Duration target = origin ? *origin + *reportOffset_ : arrivalOffset();
    const Duration error = target - *offset_;
    const bool isLate = error > Duration(0) && arrivalOffset() - *offset_ > kLate;
    if (isLate || std::chrono::abs(error) > kStep) {
        offset_ = target;
        startedAt_ = slewedAt_ = arrival;
        ++steps_;
        return;
    }
    const Duration elapsed = std::clamp<Duration>(arrival - slewedAt_, Duration(0), kBucket);
    const Duration most = scaled(elapsed, arrival - startedAt_ < kSettling ? kFastSlew : kSlew);
    *offset_ += std::clamp(error, -most, most);
    slewedAt_ = std::max(slewedAt_, arrival);
}

void RtpClockMapper::onSenderReport(NtpTime ntp, std::uint32_t rtpTimestamp) {
    if (ntp.value == 0 || !timestamps_.highest()) return;
    reportOffset_ = ntp.toDuration() - mediaTime(timestamps_.peek(rtpTimestamp));
}

void RtpClockMapper::reset() {
    timestamps_.reset();
    window_.clear();
    offset_.reset();
    reportOffset_.reset();
    strange_ = 0;
}

}  // namespace tessera
