#include "pipelines/webrtc/rtcp/transport_feedback_generator.h"

#include <algorithm>
#include <limits>

namespace tessera {

namespace {

std::int64_t units(MonotonicTime time, Duration unit) {
    return time.time_since_epoch() / unit;
}

}  // namespace

void TransportFeedbackGenerator::onPacket(std::uint16_t transportSequence, MonotonicTime arrival) {
    const auto highest = unwrapper_.highest();
    const std::int64_t sequence = unwrapper_.unwrap(transportSequence);
    if (highest && sequence < *highest - kMaxReorder) return;
    if (!arrivals_.try_emplace(sequence, arrival).second) return;
    if (!next_ || sequence < *next_) next_ = sequence;
    // What is far behind cannot be reported any more; without this a sender that never lets us report would fill
    // memory.
    arrivals_.erase(arrivals_.begin(), arrivals_.lower_bound(*unwrapper_.highest() - kMaxReorder * 2));
}

std::vector<TransportFeedback> TransportFeedbackGenerator::take(std::uint32_t senderSsrc, std::uint32_t mediaSsrc) {
    std::vector<TransportFeedback> feedbacks;
    if (!next_) return feedbacks;
    Arrivals::const_iterator it = arrivals_.lower_bound(*next_);
    while (it != arrivals_.end()) {
        TransportFeedback feedback;
        feedback.senderSsrc = senderSsrc;
        feedback.mediaSsrc = mediaSsrc;
        feedback.feedbackCount = feedbackCount_++;
        it = fill(feedback, it);
        feedbacks.push_back(std::move(feedback));
    }
    forgetOld();
    return feedbacks;
}

TransportFeedbackGenerator::Arrivals::const_iterator TransportFeedbackGenerator::fill(TransportFeedback& feedback,
                                                                                      Arrivals::const_iterator it) {
    // Numbers that are missing before the first received one are named as lost, unless they are too many.
    std::int64_t sequence = it->first - *next_ < kMaxStatuses ? *next_ : it->first;
    const std::int64_t end = sequence + kMaxStatuses;
    feedback.baseSequence = static_cast<std::uint16_t>(sequence);
    const std::int64_t reference = units(it->second, TransportFeedback::kReferenceUnit);
    feedback.referenceTime = static_cast<std::uint32_t>(reference) & 0xFFFFFFU;
    std::int64_t previous = reference * (TransportFeedback::kReferenceUnit / TransportFeedback::kDeltaUnit);
    for (; it != arrivals_.end() && it->first < end; ++it) {
        const std::int64_t now = units(it->second, TransportFeedback::kDeltaUnit);
        const std::int64_t delta = now - previous;
        using Limits = std::numeric_limits<std::int16_t>;
        if (delta < Limits::min() || delta > Limits::max()) break;
        feedback.deltas.resize(static_cast<std::size_t>(it->first - sequence));
        feedback.deltas.emplace_back(static_cast<std::int16_t>(delta));
        previous = now;
        next_ = it->first + 1;
    }
    return it;
}

void TransportFeedbackGenerator::forgetOld() {
    next_ = *unwrapper_.highest() + 1;
    arrivals_.erase(arrivals_.begin(), arrivals_.lower_bound(*next_ - kMaxReorder));
}

}  // namespace tessera
