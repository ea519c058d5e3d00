#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Addresses that a peer can be reached at: loopback and every interface that is up, but not the bridges and pairs of
/// container and machine virtualisation, nor IPv6 link-local addresses.
/// @thread any
std::vector<std::string> localAddresses();

/// True for interfaces that only containers or virtual machines of this host see (docker0, veth..., virbr0, ...).
bool isVirtualInterface(std::string_view name);

}  // namespace tessera
