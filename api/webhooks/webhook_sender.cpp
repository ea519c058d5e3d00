#include "api/webhooks/webhook_sender.h"

#include "mcu/base/check.h"

#include "api/webhooks/webhook_signature.h"

namespace tessera {

WebhookSender::WebhookSender(const OutboundRules& rules) : rules_(rules), multi_(CurlTransfer::makeMulti()) {
    TESSERA_CHECK(multi_ != nullptr);
}

WebhookSender::~WebhookSender() {
    for (auto& [handle, sending] : transfers_) curl_multi_remove_handle(multi_, handle);
    transfers_.clear();
    curl_multi_cleanup(multi_);
}

/// @source the Standard Webhooks specification, "Webhook headers"
void WebhookSender::send(const WebhookRecord& to, const DeliveryRecord& message, std::int64_t nowMs) {
    auto transfer = std::make_unique<CurlTransfer>(to.url, &rules_, CurlTransfer::Limits());
    const auto timestamp = nowMs / 1000;
    transfer->addHeader("Content-Type: application/json");
    transfer->addHeader("webhook-id: " + message.event);
    transfer->addHeader("webhook-timestamp: " + std::to_string(timestamp));
    transfer->addHeader("webhook-signature: " + webhookSignature(to.secret, message.event, timestamp, message.body));
    transfer->post(message.body);
    transfer->prepare();
    CURL* handle = transfer->handle();
    curl_multi_add_handle(multi_, handle);
    transfers_[handle] = {to.id, std::move(transfer)};
}

std::vector<WebhookSender::Outcome> WebhookSender::wait(std::chrono::milliseconds most) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    // What has ended already is told now: poll would wait for the others alone.
    const bool hasEnded = static_cast<std::size_t>(running) < transfers_.size();
    curl_multi_poll(multi_, nullptr, 0, hasEnded ? 0 : static_cast<int>(most.count()), nullptr);
    curl_multi_perform(multi_, &running);
    std::vector<Outcome> outcomes;
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        CURL* handle = message->easy_handle;
        const CURLcode code = message->data.result;
        const auto found = transfers_.find(handle);
        const auto& transfer = *found->second.transfer;
        outcomes.push_back({found->second.webhook, code == CURLE_OK ? transfer.status() : 0, transfer.failure(code)});
        curl_multi_remove_handle(multi_, handle);
        transfers_.erase(found);
    }
    return outcomes;
}

void WebhookSender::wake() {
    curl_multi_wakeup(multi_);
}

}  // namespace tessera
