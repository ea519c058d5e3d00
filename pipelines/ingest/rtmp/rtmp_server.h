#pragma once

#include <cstdint>
#include <memory>

#include "mcu/base/result.h"

#include "pipelines/ingest/rtmp/push_places.h"
#include "pipelines/rtp/ip_address.h"

namespace tessera {

/// The one TCP port that senders push to over RTMP (OBS and others), for all meetings, on a thread of its own.
///
/// 256 connections, 32 of one address; five seconds from connecting to publishing, five without a byte, ten in which
/// the source takes nothing: then a connection is closed. Who is refused is told so before.
class RtmpServer {
public:
    /// @param address  to listen on; `::` takes both families
    /// @param port     0 = any free one
    /// @param places   outlives the server
    /// @error unreachable: the address is not this machine's, or the port is taken
    static Result<std::unique_ptr<RtmpServer>> open(const IpAddress& address, std::uint16_t port, PushPlaces& places);
    /// Closes all connections; within a second.
    virtual ~RtmpServer() = default;

    virtual std::uint16_t port() const = 0;
};

}  // namespace tessera
