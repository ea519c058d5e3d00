#pragma once

#include <cstdint>
#include <optional>

#include "pipelines/webrtc/rtcp/rtcp_packet.h"

/// Numbers of the RTCP wire format, shared by the parser and the writers.
namespace tessera::rtcp {

/// Packet types. @source RFC 3550 section 12.1, RFC 4585 section 6.1
inline constexpr std::uint8_t kSenderReport = 200, kReceiverReport = 201, kSourceDescription = 202, kBye = 203,
                              kTransportFeedback = 205, kPayloadFeedback = 206;
/// Feedback formats. @source RFC 4585 sections 6.2 and 6.3, RFC 5104 section 4.3,
///         draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1
inline constexpr std::uint8_t kNackFormat = 1, kTransportWideFormat = 15;
inline constexpr std::uint8_t kPliFormat = 1, kFirFormat = 4, kApplicationFormat = 15;
/// SDES item. @source RFC 3550 section 6.5.1
inline constexpr std::uint8_t kCname = 1;
/// "REMB"
inline constexpr std::uint32_t kRembName = 0x52454D42;
inline constexpr std::size_t kMaxCount = 31;

/// Packet status symbols and chunks of transport-wide feedback.
inline constexpr std::uint8_t kNotReceived = 0, kSmallDelta = 1, kLargeDelta = 2;
inline constexpr std::size_t kMaxRunLength = 8191, kOneBitSymbols = 14, kTwoBitSymbols = 7;

/// Reads the body behind the SSRCs. @return nothing when malformed (the reserved symbol included)
std::optional<RtcpPacket> readTransportFeedback(ByteReader& reader, std::uint32_t sender, std::uint32_t media);
/// Appends the body behind the SSRCs, unpadded.
void writeTransportFeedback(const TransportFeedback& feedback, ByteWriter& writer);

}  // namespace tessera::rtcp
