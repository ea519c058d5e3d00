#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mcu/base/result.h"

namespace tessera {

/// An IP address of either family, IPv4 as `::ffff:a.b.c.d`. @source RFC 4291 section 2.5.5.2
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};

    /// @return nothing when it is no IPv4 or IPv6 literal (a zone is refused)
    static std::optional<IpAddress> parse(std::string_view text);
    bool isV4() const;
    bool isUnspecified() const;
    std::string toString() const;
    auto operator<=>(const IpAddress&) const = default;
};

/// "10.0.0.0/8", "fc00::/7", or one address.
struct IpRange {
    IpAddress network;
    int prefix = 128;  ///< bits of the 128-bit form

    /// @error invalid_argument: no address, or a prefix that does not fit it
    static Result<IpRange> parse(std::string_view text);
    bool contains(const IpAddress& address) const;
};

/// Where UDP packets go to and come from.
struct UdpEndpoint {
    IpAddress ip;
    std::uint16_t port = 0;
    auto operator<=>(const UdpEndpoint&) const = default;
};

}  // namespace tessera

template <>
struct std::hash<tessera::UdpEndpoint> {
    std::size_t operator()(const tessera::UdpEndpoint& endpoint) const {
        const auto* text = reinterpret_cast<const char*>(endpoint.ip.bytes.data());
        return std::hash<std::string_view>()({text, endpoint.ip.bytes.size()}) * 31 + endpoint.port;
    }
};
