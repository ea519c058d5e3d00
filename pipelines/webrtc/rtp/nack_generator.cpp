#include "pipelines/webrtc/rtp/nack_generator.h"

#include <algorithm>
#include <utility>

namespace tessera {

void NackGenerator::onPacket(std::int64_t sequence, MonotonicTime now) {
    if (!highest_) {
        highest_ = sequence;
        return;
    }
    if (sequence <= *highest_) {
        missing_.erase(sequence);
        return;
    }
    const auto gap = static_cast<std::size_t>(sequence - *highest_ - 1);
    if (missing_.size() + gap > settings_.maxMissing) {
        missing_.clear();
        gaveUp_ = true;
    } else {
        for (std::int64_t lost = *highest_ + 1; lost < sequence; ++lost) missing_[lost] = {now, {}, 0};
    }
    highest_ = sequence;
}

void NackGenerator::forgetBefore(std::int64_t sequence) {
    missing_.erase(missing_.begin(), missing_.lower_bound(sequence));
}

MonotonicTime NackGenerator::dueAt(const Missing& missing, Duration roundTrip) const {
    if (missing.requests == 0) return missing.since + settings_.reorderAllowance;
    return missing.requestedAt + std::clamp(roundTrip + roundTrip / 10, settings_.minInterval, settings_.maxInterval);
}

NackGenerator::Due NackGenerator::take(MonotonicTime now, Duration roundTrip) {
    Due due;
    for (auto it = missing_.begin(); it != missing_.end();) {
        Missing& missing = it->second;
        if (dueAt(missing, roundTrip) > now) {
            ++it;
            continue;
        }
        if (missing.requests == settings_.maxRequests) {
            gaveUp_ = true;
            it = missing_.erase(it);
            continue;
        }
        due.sequences.push_back(static_cast<std::uint16_t>(it->first));
        missing.requestedAt = now;
        ++missing.requests;
        ++it;
    }
    due.keyframeNeeded = std::exchange(gaveUp_, false);
    return due;
}

std::optional<MonotonicTime> NackGenerator::nextDeadline(Duration roundTrip) const {
    std::optional<MonotonicTime> next;
    for (const auto& [sequence, missing] : missing_) {
        const MonotonicTime due = dueAt(missing, roundTrip);
        if (!next || due < *next) next = due;
    }
    return next;
}

}  // namespace tessera
