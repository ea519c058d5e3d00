#include "api/gateway/request_head.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <cctype>
#include <set>

#include "api/gateway/gateway.h"
#include "api/gateway/request_target.h"

namespace tessera {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

/// Those that concern this connection alone, and those that the gateway writes itself.
constexpr std::string_view kHopByHop[] = {"connection", "keep-alive",    "proxy-connection",  "proxy-authorization",
                                          "te",         "trailer",       "transfer-encoding", "upgrade",
                                          "expect",     "content-length"};

/// Requests for media come several a second and viewer, each with a dozen headers of a browser: the others are not
/// kept.
constexpr std::string_view kMediaPrefix = "/hls/";
constexpr http::field kMediaFields[] = {http::field::authorization,
                                        http::field::host,
                                        http::field::origin,
                                        http::field::range,
                                        http::field::if_match,
                                        http::field::if_none_match,
                                        http::field::if_modified_since,
                                        http::field::if_unmodified_since,
                                        http::field::if_range,
                                        http::field::accept_encoding};

std::string lowerCase(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

Problem malformed(std::string detail, std::string field = {}) {
    return {400, "invalid_argument", std::move(detail), std::move(field)};
}

/// What has more than one reading is refused. @return nothing when there is one
std::optional<Problem> checkFraming(const http::request_header<>& head) {
    if (head.count(http::field::host) > 1) return malformed("more than one Host header", "Host");
    if (head.version() >= 11 && head.count(http::field::host) == 0) return malformed("Host is missing", "Host");
    if (head.count(http::field::content_length) > 1 ||
        view(head[http::field::content_length]).find(',') != std::string_view::npos) {
        return malformed("more than one Content-Length", "Content-Length");
    }
    if (head.count(http::field::transfer_encoding) == 0) return std::nullopt;
    if (head.version() < 11) return malformed("HTTP/1.0 has no Transfer-Encoding", "Transfer-Encoding");
    if (head.count(http::field::transfer_encoding) > 1 ||
        !beast::iequals(head[http::field::transfer_encoding], "chunked")) {
        return Problem{501, "unsupported", "the only Transfer-Encoding that is understood is chunked",
                       "Transfer-Encoding"};
    }
    if (head.count(http::field::content_length) > 0) {
        return malformed("Content-Length beside Transfer-Encoding", "Content-Length");
    }
    return std::nullopt;
}

std::set<std::string> namedByConnection(const http::request_header<>& head) {
    std::set<std::string> names;
    if (beast::iequals(head[http::field::connection], "keep-alive")) return names;
    for (const auto& name : http::token_list(head[http::field::connection])) names.insert(lowerCase(view(name)));
    return names;
}

void copyHeaders(const http::request_header<>& head, HttpRequest& plain) {
    const auto dropped = namedByConnection(head);
    const bool isMedia = plain.path.starts_with(kMediaPrefix) && (plain.method == "GET" || plain.method == "HEAD");
    plain.headers.clear();
    for (const auto& field : head) {
        const bool isKept = !isMedia || std::find(std::begin(kMediaFields), std::end(kMediaFields), field.name()) !=
                                            std::end(kMediaFields);
        if (!isKept) continue;
        const auto name = lowerCase(view(field.name_string()));
        const bool isHopByHop = std::find(std::begin(kHopByHop), std::end(kHopByHop), name) != std::end(kHopByHop);
        if (isHopByHop || name.starts_with(kInternalHeaderPrefix) || dropped.contains(name)) continue;
        auto& value = plain.headers[name];
        // RFC 9110 section 5.3; RFC 6265 section 4.2.1 for cookies.
        if (!value.empty()) value += name == "cookie" ? "; " : ", ";
        value += view(field.value());
    }
}

std::optional<Problem> checkExpectation(const http::request_header<>& head, ClientRequest& into) {
    const auto expected = head[http::field::expect];
    into.expectsContinue = head.version() >= 11 && beast::iequals(expected, "100-continue");
    if (expected.empty() || into.expectsContinue || head.version() < 11) return std::nullopt;
    return Problem{417, "unsupported", "the only expectation that is met is 100-continue", "Expect"};
}

}  // namespace

std::optional<Problem> readRequestHead(const http::request_header<>& head, ClientRequest& into) {
    into.plain.method = std::string(view(head.method_string()));
    // A reply to HEAD has no body, and that must be known even when the rest is refused.
    if (auto problem = checkFraming(head)) return problem;
    if (std::find(std::begin(kMethods), std::end(kMethods), into.plain.method) == std::end(kMethods)) {
        return Problem{501, "unsupported", "the method " + into.plain.method.substr(0, 20) + " is not known", {}};
    }
    if (!toOriginForm(view(head.target()), into.target)) return malformed("the request's address is not a path");
    if (!percentDecode(pathOf(into.target), into.plain.path)) {
        return malformed("the address has a malformed escape");
    }
    if (auto problem = checkExpectation(head, into)) return problem;
    copyHeaders(head, into.plain);
    return std::nullopt;
}

}  // namespace tessera
