#pragma once

#include <deque>
#include <optional>
#include <string>

#include "api/store/records.h"
#include "pipelines/outputs/back_off.h"

namespace tessera {

/// How it went with one receiver since the server started.
struct DeliveryState {
    int lastStatus = 0;  ///< of its last answer; 0: none
    std::string lastError;
    std::int64_t lastAttemptMs = 0, lastSuccessMs = 0;
    int failures = 0;  ///< attempts in a row
    std::uint64_t delivered = 0, dropped = 0;
    std::size_t pending = 0;
};

/// The messages for one receiver, which gets them one after another in their order; one that fails is tried again with
/// growing pauses and holds up those after it. Knows no clock and no network.
class DeliveryQueue {
public:
    static constexpr std::size_t kMostPending = 1000;
    /// A message older than this is given up.
    static constexpr std::int64_t kLifeMs = 24LL * 3600 * 1000;
    static constexpr BackOffPolicy kPauses{.first = std::chrono::seconds(1),
                                           .longest = std::chrono::minutes(10),
                                           .settled = Duration::max(),
                                           .jitter = 0.25};

    /// @return the message that had to go for it, if any
    std::optional<DeliveryRecord> add(DeliveryRecord message);

    /// The next message, when it is time for it; it stays in the queue until `settle`.
    /// @param dropped  gets those that became too old
    const DeliveryRecord* begin(std::int64_t nowMs, std::vector<DeliveryRecord>& dropped);
    /// When `begin` will have something; nothing: not before one is added or settled.
    std::optional<std::int64_t> dueMs() const;

    /// What came of it: an answer's status, or 0 with an error.
    /// @return the message when it is done with
    std::optional<DeliveryRecord> settle(int status, const std::string& error, std::int64_t nowMs);

    /// Tries at once, whatever happened before.
    void retryNow() { dueMs_ = 0; }
    DeliveryState state() const;

private:
    std::deque<DeliveryRecord> messages_;
    bool isUnderWay_ = false;
    std::int64_t dueMs_ = 0;
    BackOff backOff_{kPauses};
    DeliveryState state_;
};

}  // namespace tessera
