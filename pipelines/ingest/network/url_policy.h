#pragma once

#include <string>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/av/interrupt.h"
#include "pipelines/ingest/network/source_url.h"
#include "pipelines/rtp/ip_address.h"

namespace tessera {

/// Which addresses sources may come from: those of the public internet, and what the configuration lists. A caller of
/// the API can so not reach the services of this machine and its network through us.
class UrlPolicy {
public:
    /// @param allow  `sources.allow`: ranges of addresses and names of hosts
    explicit UrlPolicy(const std::vector<std::string>& allow);

    /// @error invalid_argument with field "url": loopback, private, link-local, multicast, reserved or documentation
    ///        addresses that are not allowed
    Status permits(const std::string& host, const IpAddress& address) const;

    /// Looks the host up and checks every address of it.
    /// @return the address to connect to, so that nothing is looked up a second time
    /// @error as permits; unreachable: the name has no address; timeout: `interrupt` was due before an answer
    Result<IpAddress> admit(const std::string& host, const Interrupt& interrupt) const;

private:
    std::vector<IpRange> ranges_;
    std::vector<std::string> hosts_;
};

/// Whether the address is one of the public internet: reachable by anyone, and no multicast.
/// @source IANA IPv4 and IPv6 special-purpose address registries (RFC 6890)
bool isPublic(const IpAddress& address);
bool isMulticast(const IpAddress& address);
bool isLoopback(const IpAddress& address);

}  // namespace tessera
