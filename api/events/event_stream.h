#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/events/event_log.h"

namespace tessera {

/// What a caller may hear of events, and how: the gateway serves it. Travels in a header between the handler, which
/// knows rights, and the gateway.
struct EventGrant {
    bool isStream = true;  ///< else one JSON reply, perhaps later
    std::uint64_t after = 0;
    int waitMs = 0;   ///< of one reply: how long it may wait for something to tell
    std::string who;  ///< a digest of the credential, for limits
    EventFilter filter;

    std::string toText() const;
    static std::optional<EventGrant> fromText(std::string_view text);
};

/// One event in a stream. @source WHATWG HTML, section 9.2 (server-sent events)
std::string toStreamText(const LoggedEvent& event);

/// The events of a slice as one JSON object: `{items, next_after, gap}`.
std::string toPage(const EventLog::Slice& slice);

}  // namespace tessera
