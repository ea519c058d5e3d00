#pragma once

#include <string>
#include <string_view>

#include "mcu/base/result.h"

#include "pipelines/rtp/ip_address.h"

namespace tessera {

/// One interface of this machine and its address there.
struct NetworkInterface {
    unsigned index = 0;  ///< 0 = whichever routes lead to
    IpAddress address;   ///< unspecified when it has none of the family
};

/// Whether this can be the name of an interface or an address of one. Says nothing of whether there is one.
bool namesInterface(std::string_view text);

/// @param text  as namesInterface takes it; empty = whichever routes lead to
/// @param isV6  of which family its address shall be
/// @error unreachable: this machine has none of that name or address now
Result<NetworkInterface> findInterface(const std::string& text, bool isV6);

}  // namespace tessera
