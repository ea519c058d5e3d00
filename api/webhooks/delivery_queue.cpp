#include "api/webhooks/delivery_queue.h"

#include <utility>

namespace tessera {

std::optional<DeliveryRecord> DeliveryQueue::add(DeliveryRecord message) {
    messages_.push_back(std::move(message));
    if (messages_.size() <= kMostPending) return std::nullopt;
    // What is under way stays: its answer is waited for.
    const auto oldest = messages_.begin() + (isUnderWay_ ? 1 : 0);
    auto dropped = std::move(*oldest);
    messages_.erase(oldest);
    ++state_.dropped;
    return dropped;
}

const DeliveryRecord* DeliveryQueue::begin(std::int64_t nowMs, std::vector<DeliveryRecord>& dropped) {
    if (isUnderWay_ || nowMs < dueMs_) return nullptr;
    while (!messages_.empty() && nowMs - messages_.front().createdAtMs > kLifeMs) {
        dropped.push_back(std::move(messages_.front()));
        messages_.pop_front();
        ++state_.dropped;
    }
    if (messages_.empty()) return nullptr;
    isUnderWay_ = true;
    return &messages_.front();
}

std::optional<std::int64_t> DeliveryQueue::dueMs() const {
    if (isUnderWay_ || messages_.empty()) return std::nullopt;
    return dueMs_;
}

std::optional<DeliveryRecord> DeliveryQueue::settle(int status, const std::string& error, std::int64_t nowMs) {
    isUnderWay_ = false;
    state_.lastAttemptMs = nowMs;
    state_.lastStatus = status;
    const bool isTaken = status >= 200 && status < 300;
    if (!isTaken) {
        ++state_.failures;
        state_.lastError = error.empty() ? "the receiver answered " + std::to_string(status) : error;
        dueMs_ = nowMs + toMilliseconds(backOff_.next({}));
        return std::nullopt;
    }
    state_.failures = 0;
    state_.lastError.clear();
    state_.lastSuccessMs = nowMs;
    ++state_.delivered;
    dueMs_ = 0;
    backOff_ = BackOff(kPauses);
    auto done = std::move(messages_.front());
    messages_.pop_front();
    return done;
}

DeliveryState DeliveryQueue::state() const {
    auto state = state_;
    state.pending = messages_.size();
    return state;
}

}  // namespace tessera
