#pragma once

#include <string>
#include <vector>

namespace tessera {

/// Where participants over plain RTP send to, and where they may be.
struct RtpSettings {
    std::string address = "0.0.0.0";  ///< to listen on; "::" takes IPv4 and IPv6
    int port = 0;                     ///< UDP, of the first event loop, the others take those above it; 0 = free ones
    std::string publicAddress;        ///< told in place of our own (1:1 NAT); loopback stays itself
    std::vector<std::string> allow;   ///< ranges that participants' addresses must lie in; empty = none may join
    int eventLoops = 1;               ///< threads that move and decode the packets of all; 1 to 16
};

}  // namespace tessera
