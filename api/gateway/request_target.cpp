#include "api/gateway/request_target.h"

#include <algorithm>

#include "api/http_message.h"

namespace tessera {

namespace {

constexpr std::size_t kMaximumParameters = 64;

bool startsWithIgnoringCase(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(), [](char p, char t) {
               return p == (t >= 'A' && t <= 'Z' ? static_cast<char>(t + 32) : t);
           });
}

}  // namespace

bool toOriginForm(std::string_view target, std::string& origin) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!startsWithIgnoringCase(target, scheme)) continue;
        target.remove_prefix(scheme.size());
        const auto end = target.find_first_of("/?#");
        const auto rest = end == std::string_view::npos ? std::string_view() : target.substr(end);
        origin = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
        target = origin;
        break;
    }
    if (!target.starts_with('/')) return false;
    const bool isPlain =
        std::none_of(target.begin(), target.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7F; });
    if (!isPlain) return false;
    origin = std::string(target.substr(0, target.find('#')));
    return true;
}

std::string_view pathOf(std::string_view origin) {
    return origin.substr(0, origin.find('?'));
}

bool readQuery(std::string_view origin, std::map<std::string, std::string>& query) {
    const auto begin = origin.find('?');
    if (begin == std::string_view::npos) return true;
    auto rest = origin.substr(begin + 1);
    std::size_t count = 0;
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        if (pair.empty()) continue;
        if (++count > kMaximumParameters) return false;
        const auto equals = std::min(pair.find('='), pair.size());
        std::string name, value;
        if (!percentDecode(pair.substr(0, equals), name)) return false;
        if (equals < pair.size() && !percentDecode(pair.substr(equals + 1), value)) return false;
        query[name] = value;
    }
    return true;
}

}  // namespace tessera
