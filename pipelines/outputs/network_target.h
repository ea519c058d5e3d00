#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pipelines/outputs/live_output.h"

namespace tessera {

/// What libavformat connects to.
struct NetworkAddress {
    std::string url;
    std::string host;                                          ///< of the URL
    std::vector<std::pair<std::string, std::string>> options;  ///< of the protocol; secrets belong here
    std::string refusal = "the other side refused";  ///< what a failure to connect that libavformat cannot name means
    int packetBytes = 0;                             ///< how much is sent at once; 0 = each write is sent as it is
};

/// Connects to `address` through libavformat's protocols, anew at each call.
/// Errors name the URL without what can hold a credential.
OpenTarget openNetwork(NetworkAddress address);

/// A second of the request's tracks: what a TCP connection may hold unsent, so that one which stands still is noticed,
/// and one over a long way is not slowed down.
int sendBufferBytes(const OutputRequest& request);

/// For formats that connect on their own (MuxSpec::url): looks up the host alone.
OpenTarget openByFormat(std::string host);

}  // namespace tessera
