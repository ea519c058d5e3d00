#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mcu/base/result.h"

#include "pipelines/av/interrupt.h"
#include "pipelines/rtp/ip_address.h"

namespace tessera {

/// A connection through TLS to a server whose address was checked, behind a port of the loopback that takes one
/// connection: for libavformat, which finds addresses by itself and, for RTSP, checks no certificate.
class TlsTunnel {
public:
    struct Server {
        std::string host;  ///< whose certificate it must have, and which it is asked for (SNI)
        IpAddress address;
        std::uint16_t port = 0;
        bool isVerified = true;  ///< false: any certificate will do
    };

    /// Connects and shakes hands. @param interrupt  asked every 50 ms meanwhile, and not after that
    /// @error unreachable: no connection, or a certificate that is not the host's; timeout
    static Result<std::unique_ptr<TlsTunnel>> open(const Server& server, const Interrupt& interrupt);
    /// Closes both connections.
    virtual ~TlsTunnel() = default;

    /// Of 127.0.0.1.
    virtual std::uint16_t port() const = 0;
};

}  // namespace tessera
