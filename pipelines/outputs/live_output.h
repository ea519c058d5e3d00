#pragma once

#include <functional>
#include <memory>
#include <string>

#include "mcu/media/packet_queue.h"
#include "mcu/meeting/output.h"

#include "pipelines/av/interrupt.h"
#include "pipelines/outputs/back_off.h"
#include "pipelines/outputs/muxer.h"

namespace tessera {

/// Connects anew to where an output sends.
/// @param interrupt  every wait ends when it is due; outlives the target
/// @error unreachable, timeout: worth another attempt; any other: it will never work
using OpenTarget = std::function<Result<std::unique_ptr<MuxTarget>>(const Interrupt& interrupt)>;

/// How an output reaches its destination and what it tolerates.
struct LiveSpec {
    MuxSpec mux;
    OpenTarget open;
    std::string name;  ///< of the destination in the log, without credentials
    BackOffPolicy backOff;
    /// For one attempt to connect. Zero: no limit, as for one that waits to be called.
    Duration connectTime = std::chrono::seconds(10);
    /// For one write. With the second that a socket's buffer takes before (see sendBufferBytes), a peer that reads no
    /// more is known within 10 s.
    Duration stallTime = std::chrono::seconds(6);
    /// For ending in order, after `stop`.
    Duration stopTime = std::chrono::seconds(1);
    /// What waits for a slow network: short, since what is late is worth nothing in a live stream.
    PacketQueue::Limits queue{std::chrono::seconds(2), 16U << 20U};
};

/// Makes an output that muxes to a destination on the network, on a thread of its own, and connects again when that
/// breaks.
///
/// Its state is Connecting until the first keyframe has been sent, then Live; when the connection breaks, stalls or
/// cannot be made, Retrying until the next one is Live. Each connection begins with a keyframe in a container of its
/// own; what was offered in between is dropped. An error that no attempt can mend makes it Failed. `stop` returns
/// within LiveSpec::stopTime and a second, whatever the other side does.
std::unique_ptr<Output> createLiveOutput(LiveSpec spec);

}  // namespace tessera
