#include "api/foreign_page.h"

#include <algorithm>
#include <arpa/inet.h>

namespace tessera {

namespace {

/// The host of "host:port", "[v6]:port" or "host", without brackets.
std::string hostOf(std::string_view authority) {
    if (authority.starts_with('[')) return std::string(authority.substr(1, authority.find(']') - 1));
    return std::string(authority.substr(0, authority.find(':')));
}

bool isNameOfThisMachine(std::string_view authority) {
    const std::string host = hostOf(authority);
    in6_addr bytes{};
    return host.empty() || host == "localhost" || ::inet_pton(AF_INET, host.c_str(), &bytes) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
}

}  // namespace

bool isForeignPage(const HttpRequest& request, std::span<const std::string> allowed) {
    const std::string_view host = request.header("host");
    if (!isNameOfThisMachine(host)) return true;
    const std::string_view origin = request.header("origin");
    if (origin.empty() || origin == "http://" + std::string(host) || origin == "https://" + std::string(host)) {
        return false;
    }
    return std::none_of(allowed.begin(), allowed.end(),
                        [origin](const std::string& each) { return each == "*" || each == origin; });
}

}  // namespace tessera
