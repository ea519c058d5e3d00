#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/sync.h"

#include "api/events/event_log.h"
#include "api/store/store.h"
#include "api/webhooks/delivery_queue.h"
#include "api/webhooks/webhook_sender.h"

namespace tessera {

/// Receivers of events over HTTP. Each gets what its patterns name, in order and at least once: what it has not taken
/// is kept in the store and sent again, also after a restart. All receivers share one thread and wait for none of the
/// others.
/// @thread any
class Webhooks {
public:
    static constexpr std::size_t kMostWebhooks = 100;

    struct Shown {
        WebhookRecord record;
        DeliveryState state;
    };

    /// Takes up what was left undelivered, and every event that the log has.
    /// @param store, log  outlive it
    /// @param allow       `webhooks.allow`
    static Result<std::unique_ptr<Webhooks>> create(Store& store, EventLog& log, const std::vector<std::string>& allow);
    ~Webhooks() { stop(); }

    /// @error invalid_argument: the URL is not allowed; capacity: kMostWebhooks; those of the store
    Status save(const WebhookRecord& record) EXCLUDES(mutex_);
    Status check(const WebhookRecord& record) const;
    Status remove(const WebhookId& id) EXCLUDES(mutex_);             ///< @error not_found
    Result<Shown> find(const WebhookId& id) const EXCLUDES(mutex_);  ///< @error not_found
    std::vector<Shown> list() const EXCLUDES(mutex_);                ///< oldest first

    /// Sends an event `webhook.test` to it alone, behind what is waiting, and tries now. @return the event's id
    Result<std::string> test(const WebhookId& id, const std::string& actor) EXCLUDES(mutex_);

    /// Keeps what was not delivered for the next start. May be called twice.
    void stop();

private:
    struct Hook {
        WebhookRecord record;
        DeliveryQueue queue;
    };
    Webhooks(Store& store, EventLog& log, const std::vector<std::string>& allow);
    Status load() EXCLUDES(mutex_);
    void run();
    void takeEvents() EXCLUDES(mutex_);
    void startDue() EXCLUDES(mutex_);
    std::chrono::milliseconds pause() const EXCLUDES(mutex_);
    void settle(const WebhookSender::Outcome& outcome) EXCLUDES(mutex_);
    void enqueue(Hook& hook, const std::string& event, const std::string& body) REQUIRES(mutex_);

    // Borrowed
    Store& store_;
    EventLog& log_;
    // Owned
    const OutboundRules rules_;
    std::shared_ptr<WebhookSender> sender_;
    // State
    mutable Mutex mutex_;
    std::vector<Hook> hooks_ GUARDED_BY(mutex_);
    std::uint64_t seen_ = 0;  ///< used by the thread alone
    std::atomic<bool> stopping_{false};
    Thread thread_;
};

}  // namespace tessera
