#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/outbound/curl_transfer.h"
#include "api/store/records.h"

namespace tessera {

/// Sends messages to receivers, several at a time, none of which is waited for longer than the limits of a transfer.
/// @thread one; wake: any
class WebhookSender {
public:
    static constexpr std::size_t kAtOnce = 16;

    struct Outcome {
        WebhookId webhook;
        int status = 0;     ///< 0: there was no answer
        std::string error;  ///< why not
    };

    /// @param rules  outlives it
    explicit WebhookSender(const OutboundRules& rules);
    ~WebhookSender();

    bool hasRoom() const { return transfers_.size() < kAtOnce; }
    void send(const WebhookRecord& to, const DeliveryRecord& message, std::int64_t nowMs);
    /// Waits for answers, or for `wake`, at most so long.
    std::vector<Outcome> wait(std::chrono::milliseconds most);
    void wake();

private:
    struct Sending {
        WebhookId webhook;
        std::unique_ptr<CurlTransfer> transfer;
    };
    // Borrowed
    const OutboundRules& rules_;
    // Owned
    CURLM* multi_;
    std::map<CURL*, Sending> transfers_;
};

}  // namespace tessera
