#include "pipelines/webrtc/rtcp/rtcp_format.h"

namespace tessera {

namespace {

/// One packet's common header and body. @source RFC 3550 section 6.1
struct Chunk {
    std::uint8_t count = 0;  ///< or the feedback format
    std::uint8_t type = 0;
    ByteSpan body;  ///< without padding
};

std::optional<Chunk> nextChunk(ByteReader& reader) {
    const std::uint8_t first = reader.u8();
    Chunk chunk;
    chunk.count = first & 0x1FU;
    chunk.type = reader.u8();
    chunk.body = reader.bytes(reader.u16() * 4U);
    if (!reader.ok() || first >> 6U != 2) return std::nullopt;
    if ((first & 0x20U) != 0) {
        if (chunk.body.empty()) return std::nullopt;
        const std::uint8_t padding = chunk.body.back();
        if (padding == 0 || padding > chunk.body.size()) return std::nullopt;
        chunk.body = chunk.body.first(chunk.body.size() - padding);
    }
    return chunk;
}

std::vector<ReportBlock> readBlocks(ByteReader& reader, std::size_t count) {
    std::vector<ReportBlock> blocks;
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        ReportBlock block;
        block.ssrc = reader.u32();
        block.fractionLost = reader.u8();
        const std::uint32_t lost = reader.u24();
        block.cumulativeLost = static_cast<std::int32_t>(lost) - ((lost & 0x800000U) != 0 ? 0x1000000 : 0);
        block.highestSequence = reader.u32();
        block.jitter = reader.u32();
        block.lastSenderReport = reader.u32();
        block.delaySinceLastReport = reader.u32();
        blocks.push_back(block);
    }
    return blocks;
}

std::optional<RtcpPacket> readSenderReport(const Chunk& chunk) {
    ByteReader reader(chunk.body);
    SenderReport report;
    report.ssrc = reader.u32();
    report.ntp.value = reader.u64();
    report.rtpTimestamp = reader.u32();
    report.packets = reader.u32();
    report.octets = reader.u32();
    report.blocks = readBlocks(reader, chunk.count);
    return reader.ok() ? std::optional<RtcpPacket>(std::move(report)) : std::nullopt;
}

std::optional<RtcpPacket> readReceiverReport(const Chunk& chunk) {
    ByteReader reader(chunk.body);
    ReceiverReport report;
    report.ssrc = reader.u32();
    report.blocks = readBlocks(reader, chunk.count);
    return reader.ok() ? std::optional<RtcpPacket>(std::move(report)) : std::nullopt;
}

std::optional<RtcpPacket> readDescription(const Chunk& chunk) {
    ByteReader reader(chunk.body);
    SourceDescription description;
    for (std::size_t i = 0; i < chunk.count; ++i) {
        SourceDescription::Chunk source;
        source.ssrc = reader.u32();
        const std::size_t start = reader.remaining();
        while (const std::uint8_t item = reader.u8()) {
            const ByteSpan text = reader.bytes(reader.u8());
            if (item == rtcp::kCname) source.cname.assign(text.begin(), text.end());
        }
        reader.bytes((4 - (start - reader.remaining()) % 4) % 4);
        if (!reader.ok()) return std::nullopt;
        description.chunks.push_back(std::move(source));
    }
    return description;
}

std::optional<RtcpPacket> readBye(const Chunk& chunk) {
    ByteReader reader(chunk.body);
    Bye bye;
    for (std::size_t i = 0; i < chunk.count; ++i) bye.ssrcs.push_back(reader.u32());
    return reader.ok() ? std::optional<RtcpPacket>(std::move(bye)) : std::nullopt;
}

std::optional<RtcpPacket> readNack(ByteReader& reader, Nack nack) {
    while (reader.remaining() > 0) {
        const std::uint16_t first = reader.u16();
        const std::uint16_t following = reader.u16();
        if (!reader.ok()) return std::nullopt;
        nack.sequences.push_back(first);
        for (unsigned bit = 0; bit < 16; ++bit) {
            if ((following >> bit & 1U) != 0) nack.sequences.push_back(static_cast<std::uint16_t>(first + bit + 1));
        }
    }
    return nack;
}

std::optional<RtcpPacket> readFullIntraRequest(ByteReader& reader, std::uint32_t sender) {
    FullIntraRequest fir{sender, {}};
    while (reader.remaining() > 0) {
        FullIntraRequest::Entry entry;
        entry.ssrc = reader.u32();
        entry.commandSequence = reader.u8();
        reader.u24();
        fir.entries.push_back(entry);
    }
    return reader.ok() ? std::optional<RtcpPacket>(std::move(fir)) : std::nullopt;
}

/// @return nothing when malformed; an empty optional inside for application feedback other than REMB
std::optional<std::optional<RtcpPacket>> readApplicationFeedback(ByteReader& reader, std::uint32_t sender) {
    if (reader.remaining() < 8 || reader.u32() != rtcp::kRembName) return std::optional<RtcpPacket>();
    ReceiverEstimatedMaxBitrate remb;
    remb.senderSsrc = sender;
    const std::uint8_t count = reader.u8();
    const std::uint32_t rate = reader.u24();
    const std::uint32_t exponent = rate >> 18U;
    const std::uint64_t mantissa = rate & 0x3FFFFU;
    const bool fits = exponent < 46;  // 18 bits shifted by 45 still fit 63
    remb.bitrateBps = fits ? mantissa << exponent : UINT64_MAX;
    for (std::size_t i = 0; i < count; ++i) remb.ssrcs.push_back(reader.u32());
    if (!reader.ok()) return std::nullopt;
    return std::optional<RtcpPacket>(std::move(remb));
}

using Read = std::optional<std::optional<RtcpPacket>>;

/// Wraps what must not be skipped: nothing read means malformed.
Read required(std::optional<RtcpPacket> packet) {
    return packet ? Read(std::move(packet)) : std::nullopt;
}

Read readFeedback(const Chunk& chunk) {
    ByteReader reader(chunk.body);
    const std::uint32_t sender = reader.u32();
    const std::uint32_t media = reader.u32();
    if (!reader.ok()) return std::nullopt;
    if (chunk.type == rtcp::kTransportFeedback) {
        if (chunk.count == rtcp::kNackFormat) return required(readNack(reader, {sender, media, {}}));
        if (chunk.count == rtcp::kTransportWideFormat)
            return required(rtcp::readTransportFeedback(reader, sender, media));
        return std::optional<RtcpPacket>();
    }
    if (chunk.count == rtcp::kPliFormat) return required(PictureLossIndication{sender, media});
    if (chunk.count == rtcp::kFirFormat) return required(readFullIntraRequest(reader, sender));
    if (chunk.count == rtcp::kApplicationFormat) return readApplicationFeedback(reader, sender);
    return std::optional<RtcpPacket>();
}

Read readChunk(const Chunk& chunk) {
    switch (chunk.type) {
        case rtcp::kSenderReport: return required(readSenderReport(chunk));
        case rtcp::kReceiverReport: return required(readReceiverReport(chunk));
        case rtcp::kSourceDescription: return required(readDescription(chunk));
        case rtcp::kBye: return required(readBye(chunk));
        case rtcp::kTransportFeedback:
        case rtcp::kPayloadFeedback: return readFeedback(chunk);
        default: return std::optional<RtcpPacket>();
    }
}

}  // namespace

Result<std::vector<RtcpPacket>> parseRtcp(ByteSpan compound) {
    ByteReader reader(compound);
    std::vector<RtcpPacket> packets;
    if (compound.empty()) return invalidArgument("RTCP: empty packet");
    while (reader.remaining() > 0 && packets.size() < kMaxRtcpPackets) {
        const std::optional<Chunk> chunk = nextChunk(reader);
        if (!chunk) return invalidArgument("RTCP: a header does not fit its bytes");
        Read read = readChunk(*chunk);
        if (!read) return invalidArgument("RTCP: malformed packet of type " + std::to_string(chunk->type));
        if (*read) packets.push_back(std::move(**read));
    }
    return packets;
}

}  // namespace tessera
