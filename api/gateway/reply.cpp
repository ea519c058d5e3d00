#include "api/gateway/reply.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>
#include <utility>

#include "api/gateway/gateway.h"
#include "api/gateway/http_date.h"
#include "api/timestamp.h"

namespace tessera {

namespace {

namespace beast = boost::beast;

constexpr std::array<const char*, 7> kOwnHeaders{
    "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Date", "Trailer", "Upgrade"};

constexpr std::size_t kUsualHead = 512;

/// Written once a second.
const std::string& dateNow() {
    thread_local std::int64_t second = -1;
    thread_local std::string text;
    const std::int64_t now = wallClockMs() / 1000;
    if (std::exchange(second, now) != now) text = toHttpDate(now);
    return text;
}

bool isOurs(const std::string& name) {
    if (beast::iequals(beast::string_view(name).substr(0, 10), kInternalHeaderPrefix)) return true;
    return std::any_of(kOwnHeaders.begin(), kOwnHeaders.end(),
                       [&](const char* own) { return beast::iequals(name, own); });
}

}  // namespace

std::string serializeHead(const HttpResponse& response, std::uint64_t bodyBytes, bool keepAlive) {
    const auto reason =
        beast::http::obsolete_reason(beast::http::int_to_status(static_cast<unsigned>(response.status)));
    std::string head;
    head.reserve(kUsualHead);
    head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason.data(), reason.size());
    head.append("\r\n");
    for (const auto& [name, value] : response.headers) {
        if (!isOurs(name)) head.append(name).append(": ").append(value).append("\r\n");
    }
    head.append("Date: ").append(dateNow()).append("\r\n");
    const bool hasLength = response.status != 204 && response.status != 304 && bodyBytes != BodySource::kUnbounded;
    if (hasLength) head.append("Content-Length: ").append(std::to_string(bodyBytes)).append("\r\n");
    return head.append(keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

}  // namespace tessera
