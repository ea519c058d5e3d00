#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mcu/base/result.h"

namespace tessera {

/// Where to listen: `host` is an IPv4 or IPv6 literal without brackets, "localhost" included as 127.0.0.1.
struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;  ///< 0 = any free one
    bool isLoopback() const;
};

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080" or "0.0.0.0:0".
/// @error invalid_argument
Result<ListenAddress> parseListenAddress(std::string_view text);

/// A STUN or TURN server as WebRTC clients are told about it.
struct IceServer {
    std::string url;  ///< "stun:host:port" or "turn:host:port?transport=udp"
    std::string username;
    std::string credential;
};

/// "stun:host[:port]" or "turn:user:password@host[:port][?transport=udp|tcp]", "stuns" and "turns" alike.
/// @source RFC 7064, RFC 7065 (the URIs; user and password are ours, since RFC 7065 leaves them out)
Result<IceServer> parseIceServer(std::string_view text);

/// True for an IPv4 or IPv6 literal.
bool isIpAddress(std::string_view text);

}  // namespace tessera
