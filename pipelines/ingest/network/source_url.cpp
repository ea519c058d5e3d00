#include "pipelines/ingest/network/source_url.h"

#include <algorithm>
#include <charconv>

namespace tessera {
namespace {

constexpr std::size_t kMostQueryMembers = 16;
constexpr std::string_view kDigits = "0123456789ABCDEF";

Error bad(const std::string& what) {
    return invalidArgument("url " + what, "url");
}

bool isAlpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

int hexValue(char c) {
    if (isDigit(c)) return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// @error invalid_argument: a percent sign without two digits, or one that hides a control character
Result<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hexValue(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hexValue(text[i + 2]) : -1;
        if (high < 0 || low < 0 || high * 16 + low < 0x20) return bad("has a wrong percent-encoding");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

Status readUser(std::string_view text, SourceUrl& url) {
    const auto colon = std::min(text.find(':'), text.size());
    auto user = decoded(text.substr(0, colon));
    if (!user) return user.error();
    auto password = decoded(text.substr(std::min(colon + 1, text.size())));
    if (!password) return password.error();
    url.user = std::move(user).value();
    url.password = std::move(password).value();
    return kOk;
}

Status readPort(std::string_view text, SourceUrl& url) {
    if (text.empty()) return kOk;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, url.port);
    if (read.ec != std::errc() || read.ptr != end || url.port == 0) return bad("has a port that is not 1 to 65535");
    return kOk;
}

Status readHost(std::string_view text, SourceUrl& url) {
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return bad("has an address without its closing bracket");
        url.host = lowered(text.substr(1, end - 1));
        rest = text.substr(end + 1);
        const auto isPart = [](char c) { return hexValue(c) >= 0 || c == ':' || c == '.'; };
        if (url.host.empty() || !std::all_of(url.host.begin(), url.host.end(), isPart))
            return bad("has no IPv6 address between its brackets");
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        url.host = lowered(text.substr(0, colon));
        rest = text.substr(colon);
        const auto isPart = [](char c) { return isAlpha(c) || isDigit(c) || c == '-' || c == '.' || c == '_'; };
        if (url.host.size() > 253 || !std::all_of(url.host.begin(), url.host.end(), isPart))
            return bad("has a host that is neither a name nor an address");
    }
    if (rest.empty()) return kOk;
    if (rest.front() != ':') return bad("has something between its host and its port");
    return readPort(rest.substr(1), url);
}

Status readQuery(std::string_view text, SourceUrl& url) {
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto member = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto equals = std::min(member.find('='), member.size());
        auto name = decoded(member.substr(0, equals));
        if (!name) return name.error();
        auto value = decoded(member.substr(std::min(equals + 1, member.size())));
        if (!value) return value.error();
        if (url.query.size() >= kMostQueryMembers) return bad("has too long a query");
        url.query.insert_or_assign(std::move(name).value(), std::move(value).value());
    }
    return kOk;
}

}  // namespace

std::string SourceUrl::queryValue(std::string_view name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string() : found->second;
}

Result<SourceUrl> parseSourceUrl(std::string_view text, std::size_t mostBytes) {
    if (text.size() > mostBytes) return bad("has more than " + std::to_string(mostBytes) + " bytes");
    const auto isPrintable = [](char c) { return c > 0x20 && c < 0x7f; };
    if (!std::all_of(text.begin(), text.end(), isPrintable)) return bad("has a character that must be percent-encoded");
    const auto separator = text.find("://");
    if (separator == std::string_view::npos || separator == 0) return bad("must begin with a scheme and ://");
    SourceUrl url;
    url.scheme = lowered(text.substr(0, separator));
    if (!isAlpha(url.scheme.front()) ||
        !std::all_of(url.scheme.begin(), url.scheme.end(), [](char c) { return isAlpha(c) || isDigit(c); }))
        return bad("must begin with one scheme, not a nested one");
    std::string_view rest = text.substr(separator + 3);
    rest = rest.substr(0, rest.find('#'));
    const auto authorityEnd = std::min(rest.find_first_of("/?"), rest.size());
    std::string_view authority = rest.substr(0, authorityEnd);
    rest.remove_prefix(authorityEnd);
    const auto at = authority.rfind('@');
    if (at != std::string_view::npos) TESSERA_TRY(readUser(authority.substr(0, at), url));
    if (at != std::string_view::npos) authority.remove_prefix(at + 1);
    TESSERA_TRY(readHost(authority, url));
    const auto question = std::min(rest.find('?'), rest.size());
    url.path = rest.substr(0, question);
    TESSERA_TRY(readQuery(rest.substr(std::min(question + 1, rest.size())), url));
    return url;
}

std::string percentEncoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool isPlain = isAlpha(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
        if (isPlain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
    return out;
}

}  // namespace tessera
