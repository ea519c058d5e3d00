#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "api/events/event_stream.h"
#include "api/gateway/loop_handle.h"
#include "api/gateway/reply.h"

namespace tessera {

/// Somebody who waits for events. @thread the gateway's
class EventWaiter {
public:
    virtual ~EventWaiter() = default;
    /// There may be something new. May destroy this.
    virtual void wake() = 0;
};

/// Who listens to events now, counted per credential. @thread the gateway's
class EventAudience {
public:
    static constexpr std::size_t kListeners = 512;  ///< each holds a descriptor and a few KiB
    static constexpr int kPerCredential = 32;       ///< far above what one application opens

    /// @return false when there are too many
    bool enter(EventWaiter& waiter, const std::string& who);
    void leave(EventWaiter& waiter, const std::string& who);
    void wakeAll();

private:
    std::set<EventWaiter*> waiters_;
    std::map<std::string, int> counts_;
};

/// Tells clients of events: as a stream that goes on until the client goes, reads too slowly or kStreamTime has passed,
/// or as one reply when something happens. Streams read the log at their own pace; one that the log outruns ends, and
/// its client connects again.
/// @thread the gateway's
class EventService {
public:
    using Answer = std::function<void(Reply)>;
    /// A credential that has been revoked hears events for this long at most.
    static constexpr std::chrono::minutes kStreamTime{10};
    static constexpr std::chrono::seconds kHeartbeat{15};  ///< below what proxies take for a dead connection

    /// @param log  outlives it
    EventService(boost::asio::io_context& loop, std::shared_ptr<LoopHandle> handle, EventLog& log);

    /// @param head  of the reply; its body is sent first
    /// @return      forgets the request; null when it is answered
    std::function<void()> serve(const EventGrant& grant, HttpResponse head, Answer answer);

private:
    // Borrowed
    boost::asio::io_context& loop_;
    EventLog& log_;
    // State
    std::shared_ptr<EventAudience> audience_ = std::make_shared<EventAudience>();
};

}  // namespace tessera
