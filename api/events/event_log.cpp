#include "api/events/event_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unistd.h>

namespace tessera {
namespace {

/// Members of MeetingEvent::data that are numbers.
constexpr std::array<std::string_view, 5> kNumbers{"bytes", "duration_ms", "files", "gpu", "reconnects"};

std::string nameOfNode() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "tessera";
    return name.data();
}

Json valueOf(const std::string& name, const std::string& text) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const bool isNumber = std::find(kNumbers.begin(), kNumbers.end(), name) != kNumbers.end();
    if (isNumber && std::from_chars(text.data(), end, number).ptr == end && !text.empty()) return number;
    return text.empty() ? Json() : Json(text);
}

}  // namespace

Json eventJson(std::uint64_t seq, const std::string& node, std::int64_t timeMs, const EventDraft& draft) {
    return {{"id", node + "-" + std::to_string(seq)},
            {"seq", seq},
            {"time", toTimestamp(timeMs)},
            {"node", node},
            {"meeting", draft.meeting.empty() ? Json() : Json(draft.meeting)},
            {"type", draft.type},
            {"actor", draft.actor.empty() ? Json() : Json(draft.actor)},
            {"data", draft.data}};
}

EventDraft draftOf(const MeetingEvent& event) {
    EventDraft draft{.type = event.type, .meeting = event.meeting.toString(), .actor = {}};
    const auto noun = event.type.substr(0, event.type.find('.'));
    if (noun != "meeting") draft.data[noun] = event.subject;
    if (event.data.empty() && !event.detail.empty()) draft.data["detail"] = event.detail;
    for (const auto& [name, value] : event.data) draft.data[name] = valueOf(name, value);
    draft.data["at_ms"] = toMilliseconds(event.at.time_since_epoch());
    return draft;
}

EventLog::EventLog(Limits limits, std::function<std::int64_t()> nowMs)
    : limits_(limits),
      nowMs_(std::move(nowMs)),
      node_(nameOfNode()),
      next_(static_cast<std::uint64_t>(nowMs_()) * 1000 + 1),
      wakes_(std::make_shared<const std::vector<std::function<void()>>>()) {}

void EventLog::publish(const MeetingEvent& event) {
    publish(draftOf(event));
}

void EventLog::publish(EventDraft draft) {
    auto event = std::make_shared<LoggedEvent>();
    std::shared_ptr<const std::vector<std::function<void()>>> wakes;
    {
        Lock lock(mutex_);
        event->seq = next_++;
        const auto json = eventJson(event->seq, node_, nowMs_(), draft);
        event->id = json["id"].get<std::string>();
        event->json = toText(json);
        event->type = std::move(draft.type);
        event->meeting = std::move(draft.meeting);
        bytes_ += event->json.size();
        events_.push_back(std::move(event));
        while (events_.size() > limits_.events || (bytes_ > limits_.bytes && events_.size() > 1)) {
            bytes_ -= events_.front()->json.size();
            events_.pop_front();
        }
        wakes = wakes_;
    }
    for (const auto& wake : *wakes) wake();
}

EventLog::Slice EventLog::after(std::uint64_t seq, const EventFilter& filter, std::size_t most) const {
    Lock lock(mutex_);
    Slice slice;
    const auto first = firstLocked();
    slice.hasGap = seq + 1 < first || seq >= next_;
    auto at = slice.hasGap ? first : seq + 1;
    for (; at < next_ && slice.events.size() < most; ++at) {
        const auto& event = events_[at - first];
        if (filter.matches(event->meeting, event->type)) slice.events.push_back(event);
    }
    slice.upTo = at - 1;
    return slice;
}

std::uint64_t EventLog::newest() const {
    Lock lock(mutex_);
    return next_ - 1;
}

bool EventLog::canResume(std::uint64_t seq) const {
    Lock lock(mutex_);
    return seq + 1 >= firstLocked() && seq < next_;
}

void EventLog::onEvent(std::function<void()> wake) {
    Lock lock(mutex_);
    auto wakes = std::make_shared<std::vector<std::function<void()>>>(*wakes_);
    wakes->push_back(std::move(wake));
    wakes_ = std::move(wakes);
}

}  // namespace tessera
