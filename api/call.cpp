#include "api/call.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "api/auth/digest.h"

namespace tessera {

namespace {

/// Members that change without anybody changing the object: an ETag over them would never match.
const std::set<std::string_view> kVolatile{"applied_at_ms",
                                           "backlog_ms",
                                           "begins_at_ms",
                                           "bytes",
                                           "bytes_received",
                                           "compose_ms_p50",
                                           "compose_ms_p99",
                                           "concealed_blocks",
                                           "decode_errors",
                                           "delivery",
                                           "duration_ms",
                                           "frame",
                                           "frames_composed",
                                           "frames_dropped",
                                           "frames_received",
                                           "height",
                                           "keyframe_requests",
                                           "last_error",
                                           "length_ms",
                                           "level_dbov",
                                           "local",
                                           "loudness",
                                           "now_ms",
                                           "packets_dropped",
                                           "packets_lost",
                                           "packets_received",
                                           "participant_count",
                                           "position_ms",
                                           "receives",
                                           "reconnects",
                                           "sources",
                                           "speaking",
                                           "state",
                                           "uploads",
                                           "width"};

std::string etagOf(const Json& object) {
    Json stable = Json::object();
    for (const auto& [name, value] : object.items()) {
        if (!kVolatile.contains(name)) stable[name] = value;
    }
    return '"' + sha256Hex(toText(stable)).substr(0, 24) + '"';
}

Result<int> parseNumber(const std::string& text, const char* field, int minimum, int maximum) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < minimum || value > maximum) {
        return invalidArgument(std::string(field) + " must be an integer from " + std::to_string(minimum) + " to " +
                                   std::to_string(maximum),
                               field);
    }
    return value;
}

constexpr int kDefaultLimit = 50;
constexpr int kMaximumLimit = 200;
constexpr int kMaximumOffset = 1'000'000;

}  // namespace

Result<Json> Call::body() const {
    if (request.body.empty()) return Json::object();
    return parseJsonObject(request.body);
}

Result<MeetingEntryPtr> Call::entry() const {
    return services.meetings.find(param("meeting"));
}

Result<std::shared_ptr<Meeting>> Call::meeting() const {
    const auto found = entry();
    if (!found) return found.error();
    auto running = (*found)->meeting();
    if (!running) return conflict("the meeting has ended");
    return running;
}

Result<std::shared_ptr<Meeting>> Call::liveMeeting() const {
    const auto found = entry();
    if (!found) return found.error();
    if ((*found)->document().state == MeetingState::Scheduled && !dryRun) {
        // Two callers may come at once: only that it is live afterwards counts.
        static_cast<void>(services.meetings.start(*found));
    }
    return meeting();
}

HttpResponse jsonResponse(int status, const Json& body) {
    HttpResponse response;
    response.status = status;
    response.with("Content-Type", "application/json").with("Cache-Control", "no-store");
    response.body = toText(body);
    return response;
}

HttpResponse objectResponse(const Json& object) {
    return jsonResponse(200, object).with("ETag", etagOf(object));
}

HttpResponse createdResponse(const std::string& location, const Json& object) {
    return jsonResponse(201, object).with("Location", location).with("ETag", etagOf(object));
}

HttpResponse noContent() {
    HttpResponse response;
    response.status = 204;
    return response;
}

Json withApplied(Json object, const Applied& applied) {
    object["applied_at_ms"] = toMilliseconds(applied.at.time_since_epoch());
    object["frame"] = applied.frame;
    return object;
}

Result<PageRequest> pageRequest(const Call& call) {
    PageRequest page;
    page.limit = kDefaultLimit;
    page.cursor = call.query("cursor");
    if (const auto text = call.query("limit"); !text.empty()) {
        const auto limit = parseNumber(text, "limit", 1, kMaximumLimit);
        if (!limit) return limit.error();
        page.limit = *limit;
    }
    return page;
}

Result<HttpResponse> listResponse(const Call& call, std::vector<Json> items) {
    const auto page = pageRequest(call);
    if (!page) return page.error();
    std::size_t begin = 0;
    if (!page->cursor.empty()) {
        const auto offset = parseNumber(page->cursor, "cursor", 0, kMaximumOffset);
        if (!offset) return offset.error();
        begin = std::min(static_cast<std::size_t>(*offset), items.size());
    }
    const auto end = std::min(begin + static_cast<std::size_t>(page->limit), items.size());
    Json list = Json::array();
    for (auto i = begin; i < end; ++i) list.push_back(std::move(items[i]));
    return jsonResponse(200, {{"items", std::move(list)},
                              {"next_cursor", end < items.size() ? Json(std::to_string(end)) : Json()},
                              {"total", items.size()}});
}

}  // namespace tessera
