#include "pipelines/webrtc/local_addresses.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <optional>

namespace tessera {
namespace {

constexpr std::array<std::string_view, 9> kVirtualPrefixes = {"docker", "br-",     "veth", "virbr", "lxc",
                                                              "lxd",    "flannel", "cali", "cni"};

std::optional<std::string> textOf(const sockaddr* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address->sa_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
        inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
    } else if (address->sa_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
        if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) return std::nullopt;
        inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
    } else {
        return std::nullopt;
    }
    return std::string(text.data());
}

}  // namespace

bool isVirtualInterface(std::string_view name) {
    return std::any_of(kVirtualPrefixes.begin(), kVirtualPrefixes.end(),
                       [name](std::string_view prefix) { return name.starts_with(prefix); });
}

std::vector<std::string> localAddresses() {
    std::vector<std::string> addresses;
    ifaddrs* interfaces = nullptr;
    if (getifaddrs(&interfaces) != 0) return {"127.0.0.1"};
    for (const ifaddrs* item = interfaces; item; item = item->ifa_next) {
        if (!item->ifa_addr || (item->ifa_flags & IFF_UP) == 0 || isVirtualInterface(item->ifa_name)) continue;
        if (auto text = textOf(item->ifa_addr)) addresses.push_back(std::move(*text));
    }
    freeifaddrs(interfaces);
    return addresses;
}

}  // namespace tessera
