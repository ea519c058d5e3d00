#pragma once

#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

#include "pipelines/rtp/ip_address.h"

namespace tessera {

/// An endpoint as the C library takes it.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// @param asV6  an IPv4 endpoint in its form for IPv6 sockets, ::ffff:a.b.c.d
inline SocketAddress toSocketAddress(const UdpEndpoint& endpoint, bool asV6) {
    SocketAddress result;
    if (asV6) {
        auto& six = reinterpret_cast<sockaddr_in6&>(result.storage);
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(endpoint.port);
        std::memcpy(&six.sin6_addr, endpoint.ip.bytes.data(), 16);
        result.size = sizeof(six);
    } else {
        auto& four = reinterpret_cast<sockaddr_in&>(result.storage);
        four.sin_family = AF_INET;
        four.sin_port = htons(endpoint.port);
        std::memcpy(&four.sin_addr, endpoint.ip.bytes.data() + 12, 4);
        result.size = sizeof(four);
    }
    return result;
}

inline SocketAddress toSocketAddress(const UdpEndpoint& endpoint) {
    return toSocketAddress(endpoint, !endpoint.ip.isV4());
}

inline UdpEndpoint toEndpoint(const sockaddr_storage& storage) {
    UdpEndpoint endpoint;
    if (storage.ss_family == AF_INET6) {
        const auto& six = reinterpret_cast<const sockaddr_in6&>(storage);
        std::memcpy(endpoint.ip.bytes.data(), &six.sin6_addr, 16);
        endpoint.port = ntohs(six.sin6_port);
    } else {
        const auto& four = reinterpret_cast<const sockaddr_in&>(storage);
        endpoint.ip.bytes[10] = endpoint.ip.bytes[11] = 0xFF;
        std::memcpy(endpoint.ip.bytes.data() + 12, &four.sin_addr, 4);
        endpoint.port = ntohs(four.sin_port);
    }
    return endpoint;
}

}  // namespace tessera
