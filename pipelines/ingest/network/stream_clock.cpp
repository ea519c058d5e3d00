#include "pipelines/ingest/network/stream_clock.h"

#include <algorithm>

namespace tessera {

void StreamClock::restart() {
    media_ = {};
    offset_.reset();
}

StreamClock::Offset StreamClock::anchor(Duration distance, MediaTime arrival) {
    media_ = {};
    offset_ = distance;
    anchored_ = updated_ = arrival;
    return {*offset_ + latency_, true};
}

/// The slower of the two media's quickest packets.
Duration StreamClock::target() const {
    Duration slowest = Duration::min();
    for (const Medium& medium : media_) {
        if (!medium.minimum) continue;
        slowest = std::max(slowest, std::min(*medium.minimum, medium.before.value_or(*medium.minimum)));
    }
    return slowest;
}

StreamClock::Offset StreamClock::observe(int medium, Duration stamp, MediaTime arrival) {
    Medium& of = media_[static_cast<std::size_t>(medium)];
    const Duration distance = arrival.time_since_epoch() - stamp;
    const bool wentBack = of.last && stamp < *of.last - kJump;
    Offset offset;
    if (!offset_ || wentBack) {
        offset = anchor(distance, arrival);
    } else if (kind_ == Kind::Paced) {
        offset = pace(stamp, arrival);
    } else if (distance < *offset_ - kJump && arrival - anchored_ > kSettle) {
        offset = anchor(distance, arrival);
    }
    of.last = stamp;
    if (kind_ == Kind::Paced) return offset;
    const Offset followed = followArrival(of, distance, arrival);
    return {followed.value, followed.jumped || offset.jumped};
}

StreamClock::Offset StreamClock::followArrival(Medium& medium, Duration distance, MediaTime arrival) {
    if (!medium.minimum || arrival - medium.begin > 2 * kWindow) {
        medium.before.reset();
        medium.minimum = distance;
        medium.begin = arrival;
    } else if (arrival - medium.begin > kWindow) {
        medium.before = medium.minimum;
        medium.minimum = distance;
        medium.begin = arrival;
    }
    medium.minimum = std::min(*medium.minimum, distance);
    const Duration wanted = target();
    if (arrival - anchored_ <= kSettle) {
        offset_ = wanted;
    } else if (wanted - *offset_ > kJump) {
        return anchor(wanted, arrival);
    } else {
        const auto most = std::chrono::duration_cast<Duration>(kSlew * (arrival - updated_));
        *offset_ += std::clamp(wanted - *offset_, -most, most);
    }
    updated_ = arrival;
    return {*offset_ + latency_, false};
}

StreamClock::Offset StreamClock::pace(Duration stamp, MediaTime arrival) {
    const MediaTime due = MediaTime(stamp + *offset_ + latency_);
    if (due < arrival || due - arrival > kFarthestAhead + latency_) {
        return anchor(arrival.time_since_epoch() - stamp, arrival);
    }
    return {*offset_ + latency_, false};
}

}  // namespace tessera
