#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mcu/base/result.h"

namespace tessera {

enum class IceCandidateType { Host, ServerReflexive, PeerReflexive, Relay };

/// One a=candidate line. @source RFC 8839 section 5.1
struct IceCandidate {
    std::string foundation;
    int component = 1;
    bool udp = true;
    std::uint32_t priority = 0;
    std::string address;  ///< an IP address, or a name (mDNS)
    std::uint16_t port = 0;
    IceCandidateType type = IceCandidateType::Host;

    /// Worth giving to ICE: UDP, RTP component, a literal IP address and a port. Names (.local) are learnt as peer
    /// reflexive instead; TCP is off.
    bool isUsable() const;
    bool operator==(const IceCandidate&) const = default;
};

/// @param value  the line behind "a=", that is "candidate:..."; unknown extension attributes are skipped
/// @error invalid_argument: malformed
Result<IceCandidate> parseCandidate(std::string_view value);
/// "candidate:...", for an a= line.
std::string toSdp(const IceCandidate& candidate);

}  // namespace tessera
