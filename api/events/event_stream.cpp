#include "api/events/event_stream.h"

#include <sstream>

namespace tessera {
namespace {

constexpr std::string_view kAny = "*";

}  // namespace

std::string EventGrant::toText() const {
    std::string types;
    for (const auto& each : filter.types) types += (types.empty() ? "" : ",") + each;
    std::ostringstream text;
    text << (isStream ? "stream" : "page") << ' ' << after << ' ' << waitMs << ' ' << who << ' '
         << (filter.meeting.empty() ? kAny : std::string_view(filter.meeting)) << ' '
         << (types.empty() ? kAny : std::string_view(types));
    return text.str();
}

std::optional<EventGrant> EventGrant::fromText(std::string_view text) {
    std::istringstream stream{std::string(text)};
    EventGrant grant;
    std::string form, meeting, types;
    if (!(stream >> form >> grant.after >> grant.waitMs >> grant.who >> meeting >> types)) return std::nullopt;
    auto patterns = readTypePatterns(types);
    if (!patterns || (form != "stream" && form != "page")) return std::nullopt;
    grant.isStream = form == "stream";
    grant.filter.meeting = meeting == kAny ? std::string() : meeting;
    grant.filter.types = std::move(patterns).value();
    return grant;
}

std::string toStreamText(const LoggedEvent& event) {
    return "id: " + std::to_string(event.seq) + "\nevent: " + event.type + "\ndata: " + event.json + "\n\n";
}

std::string toPage(const EventLog::Slice& slice) {
    std::string items;
    for (const auto& event : slice.events) items += (items.empty() ? "" : ",") + event->json;
    return "{\"items\":[" + items + "],\"next_after\":" + std::to_string(slice.upTo) +
           ",\"gap\":" + (slice.hasGap ? "true" : "false") + "}";
}

}  // namespace tessera
