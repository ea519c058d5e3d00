#pragma once

#include <cstdint>
#include <string>

namespace tessera {

/// A peer without an offer: Opus over plain RTP, both ways between one address of its own and one of ours. RTCP comes
/// and goes on the same port.
/// @source RFC 3550, RFC 7587 (Opus), RFC 5761 (RTCP on the same port)
struct RtpTerms {
    std::string address;     ///< of the peer, an IPv4 or IPv6 literal; packets from elsewhere are ignored
    int port = 0;            ///< of the peer; 0 = that of the first RTP packet from `address`
    int payloadType = 111;   ///< of Opus, both ways; 96 to 127
    int levelExtension = 0;  ///< id of the audio level (RFC 6464) in what the peer sends, 1 to 14; 0 = not sent
};

/// Where such a peer sends to and what it gets.
struct RtpEndpoint {
    std::string address;
    int port = 0;
    std::uint32_t ssrc = 0;  ///< of what we send
};

}  // namespace tessera
