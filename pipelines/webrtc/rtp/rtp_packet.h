#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "pipelines/webrtc/rtp/byte_io.h"

namespace tessera {

inline constexpr std::size_t kRtpHeaderSize = 12;

/// What a datagram on a shared 5-tuple is, told from its first bytes.
/// @source RFC 7983 section 7, RFC 5761 section 4
enum class DatagramKind { Stun, Dtls, Rtp, Rtcp, Unknown };
DatagramKind classifyDatagram(ByteSpan datagram);

/// The fields of the fixed RTP header that carry meaning. @source RFC 3550 section 5.1
struct RtpHeader {
    bool marker = false;
    std::uint8_t payloadType = 0;  ///< 0 to 127
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
    bool operator==(const RtpHeader&) const = default;
};

/// One header extension element. @source RFC 8285
struct RtpExtension {
    std::uint8_t id = 0;  ///< as negotiated by a=extmap; 1 to 14 in the one-byte form, 1 to 255 in the two-byte form
    ByteSpan bytes;       ///< 1 to 16 bytes in the one-byte form, 0 to 255 in the two-byte form
};

/// A received RTP packet, read in place; borrows the bytes.
class RtpPacketView {
public:
    /// @return nothing when the packet is malformed: wrong version, truncated, padding longer than the payload, an
    ///         extension element past the extension's end. An extension profile other than RFC 8285's is skipped.
    static std::optional<RtpPacketView> parse(ByteSpan packet);

    const RtpHeader& header() const { return header_; }
    /// Without padding; empty for a packet of padding alone (a bandwidth probe).
    ByteSpan payload() const { return payload_; }
    /// The first element with this id.
    std::optional<ByteSpan> extension(std::uint8_t id) const;
    /// The transport-wide sequence number, when the element is there and has two bytes (or more).
    std::optional<std::uint16_t> transportSequence(std::uint8_t id) const;

private:
    struct Cursor;
    bool checkExtensions() const;

    RtpHeader header_;
    ByteSpan payload_;
    ByteSpan extensions_;
    bool twoByte_ = false;
};

/// Writes the fixed header over the first 12 bytes of `out`.
void writeRtpHeader(const RtpHeader& header, std::span<std::uint8_t, kRtpHeaderSize> out);

/// Appends header, extensions (one-byte form when all fit it, otherwise two-byte; none when empty) and payload.
/// @source RFC 8285 sections 4.2 and 4.3
void appendRtp(const RtpHeader& header, std::span<const RtpExtension> extensions, ByteSpan payload,
               std::vector<std::uint8_t>& out);

/// The packet that a depayloader gets: fixed header and payload, no CSRC, extension or padding.
std::vector<std::uint8_t> plainRtp(const RtpHeader& header, ByteSpan payload);

}  // namespace tessera
