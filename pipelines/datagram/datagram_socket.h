#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "mcu/base/result.h"

#include "pipelines/av/descriptor.h"
#include "pipelines/av/interrupt.h"
#include "pipelines/datagram/network_interface.h"

namespace tessera {

/// A UDP socket of one stream, which is sent or received; unicast or multicast, of both families. What belongs to
/// multicast is set here, because libavformat knows no interfaces over IPv6 and takes what other sockets have joined.
/// @thread one at a time
class DatagramSocket {
public:
    struct Destination {
        UdpEndpoint to;
        std::string interface;  ///< that it leaves through (of unicast: whose address it bears); empty = as routes say
        int hops = 16;          ///< how many routers multicast may pass
    };
    /// @error unreachable: no such interface now, or an address that cannot be used
    static Result<DatagramSocket> sendingTo(const Destination& destination);

    struct Place {
        UdpEndpoint at;         ///< a group, an address of this machine, or unspecified for all
        std::string interface;  ///< where a group is joined; empty = where routes lead
        std::optional<IpAddress>
            from;  ///< the only sender that is heard. @source RFC 4607: of a group, asked of routers
    };
    /// @error unreachable: no such interface now, the port is taken, or the group cannot be joined
    static Result<DatagramSocket> receivingAt(const Place& place);

    /// Sends one datagram, waiting for room until `interrupt` is due. That nobody receives is no error.
    /// @error unreachable: no way leads there; timeout: `interrupt` was due
    Status send(std::span<const std::uint8_t> datagram, const Interrupt& interrupt);

    /// Takes one datagram of the sender that is heard; what does not fit is cut off.
    /// @param patience  how long to wait for one
    /// @return          its size; nothing when none has come
    std::optional<std::size_t> receive(std::span<std::uint8_t> into, Duration patience);

private:
    DatagramSocket(Descriptor descriptor, const UdpEndpoint& remote)
        : descriptor_(std::move(descriptor)), remote_(remote) {}

    // Owned
    Descriptor descriptor_;
    // State
    UdpEndpoint remote_;             ///< of one that sends
    std::optional<IpAddress> from_;  ///< of one that receives
    /// Of one that receives a group over IPv6, for which Linux does not look at the interface that joined; 0 = any.
    unsigned through_ = 0;
};

/// Looks a host up. @error unreachable: it has no address; timeout: `interrupt` was due
Result<IpAddress> resolve(const std::string& host, const Interrupt& interrupt);

}  // namespace tessera
