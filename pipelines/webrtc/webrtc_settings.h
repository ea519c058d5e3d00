#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// A server that tells a peer its public address. @source RFC 8489
struct StunServer {
    std::string host;  ///< an address or a name; names are resolved once, when the factory is made
    int port = 3478;
};

/// A server that relays over UDP. @source RFC 8656
struct TurnServer {
    std::string host;  ///< as in StunServer
    int port = 3478;
    std::string username, password;
};

/// Which sockets the peers of this process open, and which addresses they tell.
struct WebRtcSettings {
    int portMin = 0, portMax = 0;        ///< UDP; 0 = any. One port per peer and address
    std::vector<std::string> addresses;  ///< to listen on; empty = loopback and every interface that is not virtual
    std::string publicAddress;           ///< told in place of our own host addresses (1:1 NAT); loopback stays itself
    std::optional<StunServer> stun;
    std::optional<TurnServer> turn;
    int eventLoops = 2;  ///< threads for all peers; 1 to 16
};

}  // namespace tessera
