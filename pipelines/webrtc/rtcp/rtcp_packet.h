#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/webrtc/rtcp/ntp_time.h"
#include "pipelines/webrtc/rtp/byte_io.h"

namespace tessera {

/// @source RFC 3550 section 6.4.1
struct ReportBlock {
    std::uint32_t ssrc = 0;                  ///< whose packets this reports on
    std::uint8_t fractionLost = 0;           ///< since the last report, of 256
    std::int32_t cumulativeLost = 0;         ///< 24 bits, signed: duplicates make it negative
    std::uint32_t highestSequence = 0;       ///< extended: cycles in the upper half
    std::uint32_t jitter = 0;                ///< in RTP timestamp units
    std::uint32_t lastSenderReport = 0;      ///< compact NTP, 0 = none received
    std::uint32_t delaySinceLastReport = 0;  ///< compact NTP
    bool operator==(const ReportBlock&) const = default;
};

/// SR. @source RFC 3550 section 6.4.1
struct SenderReport {
    std::uint32_t ssrc = 0;
    NtpTime ntp;
    std::uint32_t rtpTimestamp = 0;
    std::uint32_t packets = 0, octets = 0;
    std::vector<ReportBlock> blocks;  ///< at most 31
};

/// RR. @source RFC 3550 section 6.4.2
struct ReceiverReport {
    std::uint32_t ssrc = 0;
    std::vector<ReportBlock> blocks;
};

/// SDES, the CNAME items alone. @source RFC 3550 section 6.5
struct SourceDescription {
    struct Chunk {
        std::uint32_t ssrc = 0;
        std::string cname;  ///< at most 255 bytes
    };
    std::vector<Chunk> chunks;  ///< at most 31
};

/// @source RFC 3550 section 6.6
struct Bye {
    std::vector<std::uint32_t> ssrcs;
};

/// Generic NACK. @source RFC 4585 section 6.2.1
struct Nack {
    std::uint32_t senderSsrc = 0, mediaSsrc = 0;
    std::vector<std::uint16_t> sequences;  ///< in the order of the packet; ascending when we write
};

/// PLI. @source RFC 4585 section 6.3.1
struct PictureLossIndication {
    std::uint32_t senderSsrc = 0, mediaSsrc = 0;
};

/// FIR. @source RFC 5104 section 4.3.1
struct FullIntraRequest {
    struct Entry {
        std::uint32_t ssrc = 0;
        std::uint8_t commandSequence = 0;  ///< a new command has a new number, a repetition the same
    };
    std::uint32_t senderSsrc = 0;
    std::vector<Entry> entries;
};

/// REMB. @source draft-alvestrand-rmcat-remb-03 section 2.2
struct ReceiverEstimatedMaxBitrate {
    std::uint32_t senderSsrc = 0;
    std::uint64_t bitrateBps = 0;
    std::vector<std::uint32_t> ssrcs;
};

/// Transport-wide congestion control feedback.
/// @source draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1
struct TransportFeedback {
    /// 250 us, the unit of receive deltas.
    static constexpr Duration kDeltaUnit = std::chrono::microseconds(250);
    /// 64 ms, the unit of the reference time.
    static constexpr Duration kReferenceUnit = std::chrono::milliseconds(64);

    std::uint32_t senderSsrc = 0, mediaSsrc = 0;
    std::uint16_t baseSequence = 0;   ///< transport-wide number of statuses[0]
    std::uint32_t referenceTime = 0;  ///< 24 bits, in kReferenceUnit, wraps after 12 days
    std::uint8_t feedbackCount = 0;
    /// One per transport-wide number from baseSequence on: nothing = not received; otherwise the receive delta in
    /// kDeltaUnit to the previous received one (the first: to the reference time), -32768 to 32767.
    std::vector<std::optional<std::int16_t>> deltas;
};

using RtcpPacket = std::variant<SenderReport, ReceiverReport, SourceDescription, Bye, Nack, PictureLossIndication,
                                FullIntraRequest, ReceiverEstimatedMaxBitrate, TransportFeedback>;

/// Reads a compound or reduced-size packet. Unknown packet types, feedback formats and SDES items are skipped.
///
/// @return at most kMaxRtcpPackets, in order
/// @error invalid_argument: a header, length, padding or known body that does not fit its bytes: all is refused
/// @source RFC 3550 appendix A.2 (of whose checks RFC 5506 drops the one on the first type)
/// @thread any: pure
Result<std::vector<RtcpPacket>> parseRtcp(ByteSpan compound);
inline constexpr std::size_t kMaxRtcpPackets = 64;

/// Append one packet to a compound. More entries than a count field holds (31) are left out; strings are cut at 255.
void appendRtcp(const SenderReport& report, std::vector<std::uint8_t>& out);
void appendRtcp(const ReceiverReport& report, std::vector<std::uint8_t>& out);
void appendRtcp(const SourceDescription& description, std::vector<std::uint8_t>& out);
void appendRtcp(const Bye& bye, std::vector<std::uint8_t>& out);
/// @param nack  sequences ascending (wrap included); 17 consecutive numbers fit one entry
void appendRtcp(const Nack& nack, std::vector<std::uint8_t>& out);
void appendRtcp(const PictureLossIndication& pli, std::vector<std::uint8_t>& out);
void appendRtcp(const FullIntraRequest& fir, std::vector<std::uint8_t>& out);
void appendRtcp(const ReceiverEstimatedMaxBitrate& remb, std::vector<std::uint8_t>& out);
void appendRtcp(const TransportFeedback& feedback, std::vector<std::uint8_t>& out);

/// The round trip that a report block tells, from the compact NTP time of our SR that it answers.
/// @param now  our NTP time (NtpTime::fromMedia) when the report arrived
/// @return nothing when no SR was answered, or when the figures cannot be (negative or over 10 s)
/// @source RFC 3550 section 6.4.1, figure 2
std::optional<Duration> roundTrip(const ReportBlock& block, NtpTime now);

}  // namespace tessera
