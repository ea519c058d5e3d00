#pragma once

#include <memory>

#include "mcu/meeting/output.h"

namespace tessera {

inline constexpr ParamRow kMpegtsParams[] = {
    {"url", ParamType::Url, "", "udp:// or rtp:// with address and port, and no query",
     "where to send: a host or a multicast group", 8, 500},
    {"ttl", ParamType::Integer, "16", "", "how many routers a multicast packet may pass", 0, 255},
    {"local_address", ParamType::Text, R"("")", "a name as eth0, or an address of this machine",
     "the network interface that multicast leaves through", 0, 45},
};

/// Makes an output that sends a view and its mix as an MPEG transport stream over UDP, with RTP (RFC 2250) or without.
/// Nobody answers, so it is live from its first packet on.
/// @error invalid_argument: the URL or the local address
Result<std::unique_ptr<Output>> createMpegtsOutput(const OutputRequest& request);

}  // namespace tessera
