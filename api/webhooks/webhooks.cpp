#include "api/webhooks/webhooks.h"

#include <algorithm>

#include "mcu/base/log.h"

namespace tessera {
namespace {

constexpr std::size_t kEventsAtOnce = 500;
constexpr std::chrono::milliseconds kLongestPause = std::chrono::seconds(60);

auto isHook(const WebhookId& id) {
    return [&id](const auto& hook) { return hook.record.id == id; };
}

Error noWebhook(const WebhookId& id) {
    return notFound("there is no webhook " + id.toString());
}

}  // namespace

Webhooks::Webhooks(Store& store, EventLog& log, const std::vector<std::string>& allow)
    : store_(store), log_(log), rules_("webhooks.allow", allow), sender_(std::make_shared<WebhookSender>(rules_)) {}

Result<std::unique_ptr<Webhooks>> Webhooks::create(Store& store, EventLog& log, const std::vector<std::string>& allow) {
    std::unique_ptr<Webhooks> webhooks(new Webhooks(store, log, allow));
    TESSERA_TRY(webhooks->load());
    // The log may outlive this.
    log.onEvent([weak = std::weak_ptr(webhooks->sender_)] {
        if (const auto sender = weak.lock()) sender->wake();
    });
    webhooks->thread_ = Thread("webhooks", [self = webhooks.get()] { self->run(); });
    return webhooks;
}

Status Webhooks::load() {
    const auto records = store_.webhooks();
    if (!records) return records.error();
    const auto left = store_.deliveries();
    if (!left) return left.error();
    Lock lock(mutex_);
    for (const auto& record : *records) hooks_.push_back({record, {}});
    for (const auto& message : *left) {
        const auto hook = std::find_if(hooks_.begin(), hooks_.end(), isHook(message.webhook));
        if (hook != hooks_.end()) (void)hook->queue.add(message);
    }
    return kOk;
}

Status Webhooks::check(const WebhookRecord& record) const {
    return rules_.checkUrl(record.url);
}

Status Webhooks::save(const WebhookRecord& record) {
    TESSERA_TRY(check(record));
    {
        Lock lock(mutex_);
        const bool isNew = std::none_of(hooks_.begin(), hooks_.end(), isHook(record.id));
        if (isNew && hooks_.size() >= kMostWebhooks) {
            return Error{ErrorCode::Capacity, "there are " + std::to_string(kMostWebhooks) + " webhooks already", {}};
        }
    }
    TESSERA_TRY(store_.saveWebhook(record));
    {
        Lock lock(mutex_);
        const auto found = std::find_if(hooks_.begin(), hooks_.end(), isHook(record.id));
        if (found == hooks_.end()) {
            hooks_.push_back({record, {}});
        } else {
            found->record = record;
            found->queue.retryNow();
        }
    }
    sender_->wake();
    return kOk;
}

Status Webhooks::remove(const WebhookId& id) {
    TESSERA_TRY(store_.deleteWebhook(id));
    Lock lock(mutex_);
    std::erase_if(hooks_, isHook(id));
    return kOk;
}

Result<Webhooks::Shown> Webhooks::find(const WebhookId& id) const {
    Lock lock(mutex_);
    const auto found = std::find_if(hooks_.begin(), hooks_.end(), isHook(id));
    if (found == hooks_.end()) return noWebhook(id);
    return Shown{found->record, found->queue.state()};
}

std::vector<Webhooks::Shown> Webhooks::list() const {
    Lock lock(mutex_);
    std::vector<Shown> all;
    for (const auto& hook : hooks_) all.push_back({hook.record, hook.queue.state()});
    return all;
}

Result<std::string> Webhooks::test(const WebhookId& id, const std::string& actor) {
    const std::string event = "test-" + randomToken();
    {
        Lock lock(mutex_);
        const auto found = std::find_if(hooks_.begin(), hooks_.end(), isHook(id));
        if (found == hooks_.end()) return noWebhook(id);
        auto body =
            eventJson(0, log_.node(), wallClockMs(),
                      {.type = "webhook.test", .meeting = {}, .actor = actor, .data = {{"webhook", id.toString()}}});
        body["id"] = event;
        body["seq"] = nullptr;
        enqueue(*found, event, toText(body));
        found->queue.retryNow();
    }
    sender_->wake();
    return event;
}

void Webhooks::enqueue(Hook& hook, const std::string& event, const std::string& body) {
    const DeliveryRecord message{hook.record.id, event, body, wallClockMs()};
    store_.addDelivery(message);
    const auto dropped = hook.queue.add(message);
    if (dropped) store_.removeDelivery(dropped->webhook, dropped->event);
}

void Webhooks::run() {
    while (!stopping_) {
        takeEvents();
        startDue();
        for (const auto& outcome : sender_->wait(pause())) settle(outcome);
    }
    takeEvents();  // what happened last is kept for the next start
}

void Webhooks::takeEvents() {
    for (;;) {
        const auto slice = log_.after(seen_, {}, kEventsAtOnce);
        const bool isFirst = seen_ == 0;
        if (slice.hasGap && !isFirst) log(LogLevel::Warning, "webhook", "events came too fast to be kept");
        seen_ = slice.upTo;
        if (slice.events.empty()) return;
        Lock lock(mutex_);
        for (auto& hook : hooks_) {
            if (!hook.record.enabled) continue;
            const EventFilter filter{hook.record.meeting, hook.record.events};
            for (const auto& event : slice.events) {
                if (filter.matches(event->meeting, event->type)) enqueue(hook, event->id, event->json);
            }
        }
    }
}

void Webhooks::startDue() {
    std::vector<DeliveryRecord> dropped;
    {
        Lock lock(mutex_);
        for (auto& hook : hooks_) {
            if (!sender_->hasRoom()) break;
            if (!hook.record.enabled) continue;
            const auto* message = hook.queue.begin(wallClockMs(), dropped);
            if (message != nullptr) sender_->send(hook.record, *message, wallClockMs());
        }
    }
    for (const auto& each : dropped) store_.removeDelivery(each.webhook, each.event);
}

std::chrono::milliseconds Webhooks::pause() const {
    Lock lock(mutex_);
    const auto now = wallClockMs();
    auto most = kLongestPause;
    if (!sender_->hasRoom()) return most;  // an answer wakes it
    for (const auto& hook : hooks_) {
        const auto due = hook.record.enabled ? hook.queue.dueMs() : std::nullopt;
        if (due) most = std::min(most, std::chrono::milliseconds(std::max<std::int64_t>(*due - now, 0)));
    }
    return most;
}

void Webhooks::settle(const WebhookSender::Outcome& outcome) {
    std::optional<DeliveryRecord> done;
    {
        Lock lock(mutex_);
        const auto found = std::find_if(hooks_.begin(), hooks_.end(), isHook(outcome.webhook));
        if (found == hooks_.end()) return;
        done = found->queue.settle(outcome.status, outcome.error, wallClockMs());
        const auto state = found->queue.state();
        if (state.failures == 1) {
            log(LogLevel::Warning, "webhook", "a receiver does not take its messages",
                {{"webhook", outcome.webhook.toString()}, {"reason", state.lastError}});
        }
    }
    if (done) store_.removeDelivery(done->webhook, done->event);
}

void Webhooks::stop() {
    if (stopping_.exchange(true)) return;
    sender_->wake();
    thread_.join();
}

}  // namespace tessera
