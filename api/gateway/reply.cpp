#include "api/gateway/reply.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include "api/gateway/gateway.h"
#include "api/gateway/http_date.h"
#include "api/timestamp.h"

namespace tessera {

namespace {

namespace beast = boost::beast;

constexpr std::array<const char*, 7> kOwnHeaders{
    "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Date", "Trailer", "Upgrade"};

bool isOurs(const std::string& name) {
    if (beast::iequals(beast::string_view(name).substr(0, 10), kInternalHeaderPrefix)) return true;
    return std::any_of(kOwnHeaders.begin(), kOwnHeaders.end(),
                       [&](const char* own) { return beast::iequals(name, own); });
}

}  // namespace

std::string serializeHead(const HttpResponse& response, std::uint64_t bodyBytes, bool keepAlive) {
    const auto reason =
        beast::http::obsolete_reason(beast::http::int_to_status(static_cast<unsigned>(response.status)));
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + std::string(reason) + "\r\n";
    for (const auto& [name, value] : response.headers) {
        if (!isOurs(name)) head += name + ": " + value + "\r\n";
    }
    head += "Date: " + toHttpDate(wallClockMs() / 1000) + "\r\n";
    const bool hasLength = response.status != 204 && response.status != 304 && bodyBytes != BodySource::kUnbounded;
    if (hasLength) head += "Content-Length: " + std::to_string(bodyBytes) + "\r\n";
    return head + (keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

}  // namespace tessera
