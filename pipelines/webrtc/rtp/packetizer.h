#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mcu/media/packet.h"

#include "pipelines/webrtc/rtp/byte_io.h"

namespace tessera {

/// Largest RTP payload: 1200 bytes of IP-independent packet (RTP header, extensions, payload) minus 12 of header and 28
/// kept for extensions and the SRTP tag. Stays under every common path MTU, IPv6's 1280 less IP, UDP and TURN included.
inline constexpr std::size_t kMaxRtpPayload = 1160;

/// One encoded frame cut into RTP payloads. Made once per rendition packet, shared by everyone who receives it; what is
/// left per receiver is a 12-byte header and SRTP.
class PacketizedFrame {
public:
    MediaKind kind = MediaKind::Video;
    bool keyframe = true;
    MediaTime pts{};
    Duration duration{};
    std::uint64_t sequence = 0;  ///< of the rendition's Packet

    /// An empty frame with the packet's kind, times and sequence.
    static PacketizedFrame of(const Packet& packet);

    std::size_t count() const { return ends_.size(); }
    ByteSpan payload(std::size_t index) const;
    /// The last packet of a picture; never set for audio (RFC 7587: only after silence).
    bool marker(std::size_t index) const { return kind == MediaKind::Video && index + 1 == ends_.size(); }
    std::size_t bytes() const { return bytes_.size(); }

    /// Used by packetizers while the frame is not published yet: appends to the payload that `endPayload` closes.
    std::vector<std::uint8_t>& buffer() { return bytes_; }
    void endPayload() { ends_.push_back(static_cast<std::uint32_t>(bytes_.size())); }

private:
    std::vector<std::uint8_t> bytes_;
    std::vector<std::uint32_t> ends_;
};

using PacketizedFramePtr = std::shared_ptr<const PacketizedFrame>;

/// Cuts an Annex B access unit: SPS, PPS and SEI that fit are aggregated (STAP-A), small NAL units go alone, big ones
/// as FU-A. Access unit delimiters, filler and empty NAL units are left out. No start code means no payload.
/// @return never null; count() is 0 when there is nothing to send (so for the others below)
/// @source RFC 6184 sections 5.6, 5.7.1, 5.8 (packetization-mode 1)
/// @thread any: pure
PacketizedFramePtr packetizeH264(const Packet& packet);

/// Cuts a VP8 frame into equal parts with a 15-bit PictureID, which is the packet's rendition sequence modulo 2^15:
/// every receiver sees consecutive ids whenever it joins.
/// @source RFC 7741 sections 4.2 and 4.4
PacketizedFramePtr packetizeVp8(const Packet& packet);

/// One payload per packet. @source RFC 7587 section 4.2
PacketizedFramePtr packetizeOpus(const Packet& packet);

/// By kind and codec; `codec` is ignored for audio.
PacketizedFramePtr packetize(const Packet& packet, VideoCodec codec);

}  // namespace tessera
