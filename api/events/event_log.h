#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/meeting/meeting_stats.h"

#include "api/events/event_filter.h"
#include "api/json.h"
#include "api/timestamp.h"

namespace tessera {

/// What is to be told. Everything that has no actor happened by itself: the media, the network, the clock.
struct EventDraft {
    std::string type;     ///< "recording.finished"
    std::string meeting;  ///< empty: it concerns the server
    std::string actor;    ///< subject of whose call it was; may be empty
    Json data = Json::object();
};

/// One event as everybody gets it; immutable.
struct LoggedEvent {
    std::uint64_t seq = 0;
    std::string id, type, meeting;
    std::string json;  ///< {id, seq, time, node, meeting, type, actor, data}
};
using EventPtr = std::shared_ptr<const LoggedEvent>;

/// The newest events, in one order for all readers. `seq` grows by one from event to event and goes on growing after a
/// restart, since it begins with the wall clock's microseconds; what happened before the restart is gone.
/// @thread any
class EventLog {
public:
    struct Limits {
        std::size_t events = 10'000;
        std::size_t bytes = 16U << 20U;  ///< of their JSON
    };

    explicit EventLog(Limits limits, std::function<std::int64_t()> nowMs = wallClockMs);
    EventLog() : EventLog(Limits()) {}

    void publish(EventDraft draft) EXCLUDES(mutex_);
    void publish(const MeetingEvent& event) EXCLUDES(mutex_);

    /// Some events after `seq`, oldest first, and how far it looked.
    struct Slice {
        std::vector<EventPtr> events;
        std::uint64_t upTo = 0;  ///< ask again with this
        bool hasGap = false;     ///< events after `seq` are lost, or `seq` is none of this process
    };
    Slice after(std::uint64_t seq, const EventFilter& filter, std::size_t most) const EXCLUDES(mutex_);

    /// `seq` of the newest event; of none yet, that before the first.
    std::uint64_t newest() const EXCLUDES(mutex_);
    /// Whether a reader that has seen `seq` misses nothing.
    bool canResume(std::uint64_t seq) const EXCLUDES(mutex_);
    const std::string& node() const { return node_; }

    /// Calls `wake` after each event, on the thread that publishes it: it must not wait. For good: whoever may go
    /// earlier than the log hands in something that knows of that.
    void onEvent(std::function<void()> wake) EXCLUDES(mutex_);

private:
    std::uint64_t firstLocked() const REQUIRES(mutex_) { return next_ - events_.size(); }

    const Limits limits_;
    const std::function<std::int64_t()> nowMs_;
    const std::string node_;
    mutable Mutex mutex_;
    std::deque<EventPtr> events_ GUARDED_BY(mutex_);
    std::size_t bytes_ GUARDED_BY(mutex_) = 0;
    std::uint64_t next_ GUARDED_BY(mutex_);
    std::shared_ptr<const std::vector<std::function<void()>>> wakes_ GUARDED_BY(mutex_);
};

/// The fields of an event as JSON; also of those that are in no log.
Json eventJson(std::uint64_t seq, const std::string& node, std::int64_t timeMs, const EventDraft& draft);

/// What a meeting's event says to the outside.
EventDraft draftOf(const MeetingEvent& event);

}  // namespace tessera
