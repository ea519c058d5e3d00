#pragma once

#include "pipelines/outputs/live_output.h"

namespace tessera {

/// Seven packets of 188 bytes: the most whole ones in a datagram of Ethernet, and the size that receivers expect.
inline constexpr int kTransportPacketBytes = 7 * 188;

/// A live output of a request's tracks in an MPEG transport stream: H.264 and AAC, tables every 100 ms.
/// @source ISO/IEC 13818-1
LiveSpec transportStream(const OutputRequest& request);

}  // namespace tessera
