#include <charconv>

#include "api/auth/digest.h"
#include "api/events/event_snapshot.h"
#include "api/events/event_stream.h"
#include "api/gateway/gateway.h"
#include "api/handlers/handlers.h"

namespace tessera::handlers {

namespace {

constexpr int kMaximumWaitMs = 30'000;

template <typename Number>
std::optional<Number> numberOf(std::string_view text) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Whose events and which, as far as the caller may have them.
Result<EventFilter> readFilter(const Call& call) {
    EventFilter filter;
    filter.meeting = call.query("meeting");
    if (filter.meeting.empty() && call.identity.meeting != "*") filter.meeting = call.identity.meeting;
    if (!filter.meeting.empty() && !isSafeName(filter.meeting))
        return invalidArgument("meeting is not an id", "meeting");
    TESSERA_TRY(authorize(call.identity, Right::ReadEvents, filter.meeting));
    auto types = readTypePatterns(call.query("types"));
    if (!types) return types.error();
    filter.types = std::move(types).value();
    return filter;
}

Status readPage(const Call& call, EventGrant& grant) {
    const auto after = numberOf<std::uint64_t>(call.query("after"));
    if (!after) return invalidArgument("after must be the seq of an event, or 0", "after");
    grant.isStream = false;
    grant.after = *after;
    if (const auto text = call.query("wait_ms"); !text.empty()) {
        const auto wait = numberOf<int>(text);
        if (!wait || *wait < 0 || *wait > kMaximumWaitMs) {
            return invalidArgument("wait_ms must be from 0 to " + std::to_string(kMaximumWaitMs), "wait_ms");
        }
        grant.waitMs = *wait;
    }
    return kOk;
}

/// @return what the stream begins with
std::string beginStream(const Call& call, EventGrant& grant) {
    const EventLog& log = call.services.events;
    const auto last = numberOf<std::uint64_t>(call.request.header("last-event-id"));
    if (last && log.canResume(*last)) {
        grant.after = *last;
        return {};
    }
    grant.after = log.newest();
    return snapshotText(call.services, grant.filter, grant.after);
}

}  // namespace

/// Says what the caller may hear and how the stream begins; the gateway sends it.
Result<HttpResponse> listEvents(Call& call) {
    auto filter = readFilter(call);
    if (!filter) return filter.error();
    EventGrant grant;
    grant.who = sha256Hex(call.identity.subject).substr(0, 16);
    grant.filter = std::move(filter).value();
    const bool isPage = call.request.query.contains("after");
    HttpResponse response;
    if (isPage) TESSERA_TRY(readPage(call, grant));
    if (!isPage) response.body = beginStream(call, grant);
    response.with(kServeHeader, "events " + grant.toText())
        .with("Content-Type", isPage ? "application/json" : "text/event-stream")
        .with("Cache-Control", "no-store");
    if (!isPage) response.with("X-Accel-Buffering", "no");  // proxies that collect replies shall not
    return response;
}

}  // namespace tessera::handlers
