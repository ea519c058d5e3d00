#include <algorithm>
#include <bit>

#include "pipelines/webrtc/rtcp/rtcp_format.h"

namespace tessera {

namespace {

/// Writes the common header on construction, and padding and the length on destruction.
class PacketScope {
public:
    PacketScope(std::uint8_t type, std::size_t count, std::vector<std::uint8_t>& out)
        : out_(&out), start_(out.size()), writer_(out) {
        writer_.u8(0x80U | static_cast<std::uint32_t>(std::min(count, rtcp::kMaxCount)));
        writer_.u8(type);
        writer_.u16(0);
    }
    ~PacketScope() {
        const std::size_t padding = (4 - (writer_.size() - start_) % 4) % 4;
        if (padding > 0) {
            writer_.zeros(padding - 1);
            writer_.u8(static_cast<std::uint32_t>(padding));
            (*out_)[start_] |= 0x20U;
        }
        writer_.patchU16(start_ + 2, static_cast<std::uint32_t>((writer_.size() - start_) / 4 - 1));
    }
    PacketScope(const PacketScope&) = delete;
    PacketScope& operator=(const PacketScope&) = delete;

    ByteWriter& writer() { return writer_; }

private:
    std::vector<std::uint8_t>* out_;
    std::size_t start_;
    ByteWriter writer_;
};

void writeBlocks(const std::vector<ReportBlock>& blocks, ByteWriter& writer) {
    for (std::size_t i = 0; i < std::min(blocks.size(), rtcp::kMaxCount); ++i) {
        const ReportBlock& block = blocks[i];
        writer.u32(block.ssrc);
        writer.u8(block.fractionLost);
        writer.u24(static_cast<std::uint32_t>(block.cumulativeLost) & 0xFFFFFFU);
        writer.u32(block.highestSequence);
        writer.u32(block.jitter);
        writer.u32(block.lastSenderReport);
        writer.u32(block.delaySinceLastReport);
    }
}

}  // namespace

void appendRtcp(const SenderReport& report, std::vector<std::uint8_t>& out) {
    PacketScope scope(rtcp::kSenderReport, report.blocks.size(), out);
    ByteWriter& writer = scope.writer();
    writer.u32(report.ssrc);
    writer.u64(report.ntp.value);
    writer.u32(report.rtpTimestamp);
    writer.u32(report.packets);
    writer.u32(report.octets);
    writeBlocks(report.blocks, writer);
}

void appendRtcp(const ReceiverReport& report, std::vector<std::uint8_t>& out) {
    PacketScope scope(rtcp::kReceiverReport, report.blocks.size(), out);
    scope.writer().u32(report.ssrc);
    writeBlocks(report.blocks, scope.writer());
}

void appendRtcp(const SourceDescription& description, std::vector<std::uint8_t>& out) {
    PacketScope scope(rtcp::kSourceDescription, description.chunks.size(), out);
    ByteWriter& writer = scope.writer();
    for (std::size_t i = 0; i < std::min(description.chunks.size(), rtcp::kMaxCount); ++i) {
        const std::string& cname = description.chunks[i].cname;
        const std::size_t length = std::min<std::size_t>(cname.size(), 255);
        writer.u32(description.chunks[i].ssrc);
        writer.u8(rtcp::kCname);
        writer.u8(static_cast<std::uint32_t>(length));
        for (std::size_t c = 0; c < length; ++c) writer.u8(static_cast<std::uint8_t>(cname[c]));
        writer.zeros(4 - (2 + length) % 4);  // at least one null ends the items
    }
}

void appendRtcp(const Bye& bye, std::vector<std::uint8_t>& out) {
    PacketScope scope(rtcp::kBye, bye.ssrcs.size(), out);
    for (std::size_t i = 0; i < std::min(bye.ssrcs.size(), rtcp::kMaxCount); ++i) scope.writer().u32(bye.ssrcs[i]);
}

void appendRtcp(const Nack& nack, std::vector<std::uint8_t>& out) {
    PacketScope scope(rtcp::kTransportFeedback, rtcp::kNackFormat, out);
    ByteWriter& writer = scope.writer();
    writer.u32(nack.senderSsrc);
    writer.u32(nack.mediaSsrc);
    for (std::size_t i = 0; i < nack.sequences.size();) {
        const std::uint16_t first = nack.sequences[i++];
        std::uint32_t following = 0;
        while (i < nack.sequences.size()) {
            const auto distance = static_cast<std::uint16_t>(nack.sequences[i] - first);
            if (distance == 0 || distance > 16) break;
            following |= 1U << (distance - 1U);
            ++i;
        }
        writer.u16(first);
        writer.u16(following);
    }
}

void appendRtcp(const PictureLossIndication& pli, std::vector<std::uint8_t>& out) {
    PacketScope scope(rtcp::kPayloadFeedback, rtcp::kPliFormat, out);
    scope.writer().u32(pli.senderSsrc);
    scope.writer().u32(pli.mediaSsrc);
}

void appendRtcp(const FullIntraRequest& fir, std::vector<std::uint8_t>& out) {
    PacketScope scope(rtcp::kPayloadFeedback, rtcp::kFirFormat, out);
    ByteWriter& writer = scope.writer();
    writer.u32(fir.senderSsrc);
    writer.u32(0);
    for (const FullIntraRequest::Entry& entry : fir.entries) {
        writer.u32(entry.ssrc);
        writer.u8(entry.commandSequence);
        writer.u24(0);
    }
}

void appendRtcp(const ReceiverEstimatedMaxBitrate& remb, std::vector<std::uint8_t>& out) {
    PacketScope scope(rtcp::kPayloadFeedback, rtcp::kApplicationFormat, out);
    ByteWriter& writer = scope.writer();
    const std::size_t count = std::min<std::size_t>(remb.ssrcs.size(), 255);
    const int exponent = std::max(0, static_cast<int>(std::bit_width(remb.bitrateBps)) - 18);
    writer.u32(remb.senderSsrc);
    writer.u32(0);
    writer.u32(rtcp::kRembName);
    writer.u8(static_cast<std::uint32_t>(count));
    writer.u24(static_cast<std::uint32_t>(exponent) << 18U | static_cast<std::uint32_t>(remb.bitrateBps >> exponent));
    for (std::size_t i = 0; i < count; ++i) writer.u32(remb.ssrcs[i]);
}

void appendRtcp(const TransportFeedback& feedback, std::vector<std::uint8_t>& out) {
    PacketScope scope(rtcp::kTransportFeedback, rtcp::kTransportWideFormat, out);
    scope.writer().u32(feedback.senderSsrc);
    scope.writer().u32(feedback.mediaSsrc);
    rtcp::writeTransportFeedback(feedback, scope.writer());
}

std::optional<Duration> roundTrip(const ReportBlock& block, NtpTime now) {
    if (block.lastSenderReport == 0) return std::nullopt;
    constexpr std::int32_t kMost = 10 << 16;
    const auto elapsed = static_cast<std::int32_t>(now.compact() - block.lastSenderReport - block.delaySinceLastReport);
    // Rounding of DLSR can make a round trip of a local network slightly negative.
    if (elapsed < -(1 << 10) || elapsed > kMost) return std::nullopt;
    return fromCompactNtp(static_cast<std::uint32_t>(std::max(elapsed, 0)));
}

}  // namespace tessera
