#include "api/gateway/event_service.h"

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace tessera {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Events in one piece of a stream, or in one reply.
constexpr std::size_t kMostEvents = 200;
/// How long a client shall wait before it connects again, in ms. @source WHATWG HTML, section 9.2.6
constexpr std::string_view kOpening = "retry: 2000\n\n";

/// A stream of events as a reply's body.
class EventStreamBody final : public BodySource, public EventWaiter {
public:
    EventStreamBody(asio::io_context& loop, EventLog& log, std::shared_ptr<EventAudience> audience, EventGrant grant)
        : log_(log),
          audience_(std::move(audience)),
          grant_(std::move(grant)),
          timer_(loop),
          until_(asio::steady_timer::clock_type::now() + EventService::kStreamTime) {}
    ~EventStreamBody() override {
        if (isEntered_) audience_->leave(*this, grant_.who);
    }
    bool enter() { return isEntered_ = audience_->enter(*this, grant_.who); }
    void begin(std::string_view opening) { piece_ = std::string(kOpening) + std::string(opening); }

    std::uint64_t remaining() const override { return kUnbounded; }

    void next(Piece done) override {
        if (!rest().empty()) return give(done);
        done_ = std::move(done);
        wake();
        if (done_) awaitHeartbeat();
    }

    void wake() override {
        if (!done_) return;
        if (asio::steady_timer::clock_type::now() >= until_) return end();
        const auto slice = log_.after(grant_.after, grant_.filter, kMostEvents);
        if (slice.hasGap) return end();
        grant_.after = slice.upTo;
        if (slice.events.empty()) return;
        piece_.clear();
        at_ = 0;
        for (const auto& event : slice.events) piece_ += toStreamText(*event);
        give(take());
    }

private:
    std::string_view rest() const { return std::string_view(piece_).substr(at_); }
    Piece take() {
        timer_.cancel();
        return std::exchange(done_, nullptr);
    }
    void end() { take()({}); }
    void give(const Piece& done) {
        const auto piece = rest().substr(0, kPieceBytes);
        at_ += piece.size();
        done(piece);
    }
    /// An id without data: it moves on where the client resumes, and finds out whether the client is there.
    void awaitHeartbeat() {
        timer_.expires_after(EventService::kHeartbeat);
        timer_.async_wait([this, alive = std::weak_ptr(alive_)](error_code cancelled) {
            if (cancelled || alive.expired() || !done_) return;
            if (asio::steady_timer::clock_type::now() >= until_) return end();
            piece_ = "id: " + std::to_string(grant_.after) + "\n\n";
            at_ = 0;
            give(take());
        });
    }

    // Borrowed
    EventLog& log_;
    // State
    std::shared_ptr<EventAudience> audience_;
    EventGrant grant_;
    asio::steady_timer timer_;
    asio::steady_timer::time_point until_;
    std::string piece_;
    std::size_t at_ = 0;
    Piece done_;
    bool isEntered_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>();  ///< for the timer, which may have fired already
};

/// One reply that waits for something to tell.
class EventPoll final : public EventWaiter, public std::enable_shared_from_this<EventPoll> {
public:
    EventPoll(asio::io_context& loop, EventLog& log, std::shared_ptr<EventAudience> audience, EventGrant grant)
        : log_(log), audience_(std::move(audience)), grant_(std::move(grant)), timer_(loop) {}
    ~EventPoll() override { forget(); }

    /// @return whether it waits now
    bool begin(HttpResponse head, EventService::Answer answer) {
        head_ = std::move(head);
        answer_ = std::move(answer);
        if (!audience_->enter(*this, grant_.who)) {
            std::exchange(answer_, nullptr)(Reply(overloaded()));
            return false;
        }
        isEntered_ = true;
        if (tell(grant_.waitMs == 0)) return false;
        timer_.expires_after(std::chrono::milliseconds(grant_.waitMs));
        timer_.async_wait([weak = weak_from_this()](error_code cancelled) {
            const auto self = weak.lock();
            if (self && !cancelled) self->tell(true);
        });
        return true;
    }
    void wake() override {
        const auto self = shared_from_this();
        tell(false);
    }
    void forget() {
        answer_ = nullptr;
        timer_.cancel();
        if (std::exchange(isEntered_, false)) audience_->leave(*this, grant_.who);
    }

private:
    bool tell(bool evenIfNothing) {
        if (!answer_) return true;
        const auto slice = log_.after(grant_.after, grant_.filter, kMostEvents);
        if (slice.events.empty() && !slice.hasGap && !evenIfNothing) {
            grant_.after = slice.upTo;
            return false;
        }
        head_.body = toPage(slice);
        const auto answer = std::exchange(answer_, nullptr);
        forget();
        answer(Reply(std::move(head_)));
        return true;
    }

    // Borrowed
    EventLog& log_;
    // State
    std::shared_ptr<EventAudience> audience_;
    EventGrant grant_;
    asio::steady_timer timer_;
    HttpResponse head_;
    EventService::Answer answer_;
    bool isEntered_ = false;
};

}  // namespace

bool EventAudience::enter(EventWaiter& waiter, const std::string& who) {
    if (waiters_.size() >= kListeners) return false;
    int& count = counts_[who];
    if (count >= kPerCredential) return false;
    ++count;
    waiters_.insert(&waiter);
    return true;
}

void EventAudience::leave(EventWaiter& waiter, const std::string& who) {
    waiters_.erase(&waiter);
    if (--counts_[who] == 0) counts_.erase(who);
}

void EventAudience::wakeAll() {
    for (auto* waiter : std::set(waiters_)) {
        if (waiters_.contains(waiter)) waiter->wake();
    }
}

EventService::EventService(asio::io_context& loop, std::shared_ptr<LoopHandle> handle, EventLog& log)
    : loop_(loop), log_(log) {
    const auto isPosted = std::make_shared<std::atomic<bool>>(false);
    log_.onEvent([handle = std::move(handle), isPosted, weak = std::weak_ptr(audience_)] {
        if (isPosted->exchange(true)) return;
        handle->post([isPosted, weak] {
            isPosted->store(false);
            if (const auto audience = weak.lock()) audience->wakeAll();
        });
    });
}

std::function<void()> EventService::serve(const EventGrant& grant, HttpResponse head, Answer answer) {
    if (!grant.isStream) {
        const auto poll = std::make_shared<EventPoll>(loop_, log_, audience_, grant);
        if (!poll->begin(std::move(head), std::move(answer))) return nullptr;
        return [poll] { poll->forget(); };
    }
    auto body = std::make_unique<EventStreamBody>(loop_, log_, audience_, grant);
    if (!body->enter()) {
        answer(Reply(overloaded()));
        return nullptr;
    }
    body->begin(std::exchange(head.body, {}));
    Reply reply(std::move(head));
    reply.body = std::move(body);
    answer(std::move(reply));
    return nullptr;
}

}  // namespace tessera
