#include "pipelines/webrtc/peer_counters.h"

namespace tessera {
namespace {

const char* nameOf(PeerState state) {
    switch (state) {
        case PeerState::Gathering: return "gathering";
        case PeerState::Connecting: return "connecting";
        case PeerState::Connected: return "connected";
        case PeerState::Silent: return "silent";
        case PeerState::Closed: return "closed";
    }
    return "";
}

}  // namespace

PeerStats PeerCounters::toStats() const {
    PeerStats stats;
    stats.state = nameOf(currentState());
    stats.packetsSent = sent.packets.value();
    stats.bytesSent = sent.bytes.value();
    stats.packetsDropped = sent.dropped.value();
    stats.packetsRetransmitted = retransmitted.value();
    stats.packetsReceived = received.value();
    stats.bytesReceived = receivedBytes.value();
    stats.packetsLost = lost.value();
    stats.roundTripMs = static_cast<double>(roundTripUs.value()) / 1000;
    return stats;
}

}  // namespace tessera
