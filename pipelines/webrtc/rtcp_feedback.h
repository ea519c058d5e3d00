#pragma once

#include <cstdint>
#include <vector>

#include "pipelines/webrtc/packet_wire.h"
#include "pipelines/webrtc/rtcp/rtcp_packet.h"

namespace tessera {

/// Sends feedback at once, each message in a compound that begins with an empty receiver report, as peers without
/// reduced-size RTCP need it.
/// @source RFC 4585 section 3.1
/// @thread the loop's own
class RtcpFeedback {
public:
    RtcpFeedback(PacketWire& wire, std::uint32_t ssrc) : wire_(wire), ssrc_(ssrc) {}

    /// The SSRC that feedback is sent from.
    std::uint32_t ssrc() const { return ssrc_; }

    template <typename Packet>
    void send(const Packet& packet) {
        compound_.clear();
        appendRtcp(ReceiverReport{ssrc_, {}}, compound_);
        appendRtcp(packet, compound_);
        wire_.addRtcp(compound_);
        wire_.flush();
    }

private:
    // Borrowed
    PacketWire& wire_;
    // State
    std::uint32_t ssrc_;
    std::vector<std::uint8_t> compound_;
};

}  // namespace tessera
