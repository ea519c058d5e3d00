#include "pipelines/datagram/network_interface.h"

#include <algorithm>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>

#include "pipelines/datagram/socket_address.h"
#include "pipelines/ingest/network/url_policy.h"

namespace tessera {
namespace {

bool isOfFamily(const ifaddrs& each, bool isV6) {
    return each.ifa_addr != nullptr && each.ifa_addr->sa_family == (isV6 ? AF_INET6 : AF_INET);
}

IpAddress addressOf(const ifaddrs& each) {
    sockaddr_storage storage{};
    std::memcpy(&storage, each.ifa_addr,
                each.ifa_addr->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    return toEndpoint(storage).ip;
}

}  // namespace

bool namesInterface(std::string_view text) {
    if (IpAddress::parse(text)) return true;
    const auto isPart = [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != '%'; };
    return !text.empty() && text.size() < IFNAMSIZ && std::all_of(text.begin(), text.end(), isPart);
}

Result<NetworkInterface> findInterface(const std::string& text, bool isV6) {
    NetworkInterface found;
    if (text.empty()) return found;
    const auto wanted = IpAddress::parse(text);
    if (!wanted) found.index = if_nametoindex(text.c_str());
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return internalError("the interfaces of this machine cannot be listed");
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
        if (!isOfFamily(*each, isV6) || !found.address.isUnspecified()) continue;
        const IpAddress address = addressOf(*each);
        const bool isLoopbacks = (each->ifa_flags & IFF_LOOPBACK) != 0 && wanted && isLoopback(*wanted);
        if (wanted ? *wanted != address && !isLoopbacks : text != each->ifa_name) continue;
        found = {if_nametoindex(each->ifa_name), wanted.value_or(address)};
    }
    if (found.index != 0) return found;
    return Error{ErrorCode::Unreachable, "this machine has no interface " + text, {}};
}

}  // namespace tessera
