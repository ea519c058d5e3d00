#pragma once

#include <memory>

#include "pipelines/datagram/datagram_socket.h"
#include "pipelines/ingest/network/byte_source.h"

namespace tessera {

/// Reads a transport stream that comes in datagrams.
/// @param isRtp  each has an RTP header (RFC 2250 section 2): they are put in order, and what is late is waited for
std::unique_ptr<ByteSource> readDatagrams(DatagramSocket socket, bool isRtp);

}  // namespace tessera
