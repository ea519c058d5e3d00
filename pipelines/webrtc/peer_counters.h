#pragma once

#include <atomic>

#include "mcu/meeting/peer.h"

#include "pipelines/webrtc/packet_wire.h"

namespace tessera {

enum class PeerState { Gathering, Connecting, Connected, Silent, Closed };

/// What a peer counts; written on its event loop, readable by any thread.
struct PeerCounters {
    WireCounters sent;
    Counter retransmitted, received, receivedBytes, lost;
    Gauge roundTripUs;
    std::atomic<PeerState> state{PeerState::Gathering};

    void setState(PeerState value) { state.store(value, std::memory_order_relaxed); }
    PeerState currentState() const { return state.load(std::memory_order_relaxed); }
    Duration roundTrip() const { return std::chrono::microseconds(roundTripUs.value()); }
    PeerStats toStats() const;
};

}  // namespace tessera
