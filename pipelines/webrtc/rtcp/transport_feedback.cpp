#include <algorithm>

#include "pipelines/webrtc/rtcp/rtcp_format.h"

namespace tessera::rtcp {

namespace {

using Symbols = std::vector<std::uint8_t>;

std::uint8_t symbolOf(const std::optional<std::int16_t>& delta) {
    if (!delta) return kNotReceived;
    return *delta >= 0 && *delta <= 255 ? kSmallDelta : kLargeDelta;
}

/// @source section 3.1.3 (run length) and 3.1.4 (status vector)
void readChunk(std::uint16_t chunk, std::size_t total, Symbols& symbols) {
    const auto add = [&](std::uint32_t symbol) {
        if (symbols.size() < total) symbols.push_back(static_cast<std::uint8_t>(symbol));
    };
    if ((chunk & 0x8000U) == 0) {
        const std::uint32_t length = chunk & 0x1FFFU;
        for (std::uint32_t i = 0; i < length; ++i) add(chunk >> 13U & 3U);
    } else if ((chunk & 0x4000U) == 0) {
        for (std::size_t i = kOneBitSymbols; i-- > 0;) add(chunk >> i & 1U);
    } else {
        for (std::size_t i = kTwoBitSymbols; i-- > 0;) add(chunk >> (2 * i) & 3U);
    }
}

std::size_t runLength(std::span<const std::uint8_t> symbols) {
    const auto end = std::find_if(symbols.begin(), symbols.end(), [&](std::uint8_t s) { return s != symbols[0]; });
    return std::min<std::size_t>(static_cast<std::size_t>(end - symbols.begin()), kMaxRunLength);
}

/// Writes one chunk for the first symbols. @return how many it holds
std::size_t writeChunk(std::span<const std::uint8_t> symbols, ByteWriter& writer) {
    const std::size_t run = runLength(symbols);
    const auto oneBit = symbols.first(std::min(symbols.size(), kOneBitSymbols));
    const bool large = std::find(oneBit.begin(), oneBit.end(), kLargeDelta) != oneBit.end();
    const std::size_t vectorSize = std::min(symbols.size(), large ? kTwoBitSymbols : kOneBitSymbols);
    if (run >= vectorSize) {
        writer.u16(static_cast<std::uint32_t>(symbols[0]) << 13U | static_cast<std::uint32_t>(run));
        return run;
    }
    std::uint32_t bits = large ? 0xC000U : 0x8000U;
    for (std::size_t i = 0; i < vectorSize; ++i) {
        const std::uint32_t symbol = symbols[i];
        bits |= large ? symbol << (2 * (kTwoBitSymbols - 1 - i)) : symbol << (kOneBitSymbols - 1 - i);
    }
    writer.u16(bits);
    return vectorSize;
}

}  // namespace

std::optional<RtcpPacket> readTransportFeedback(ByteReader& reader, std::uint32_t sender, std::uint32_t media) {
    TransportFeedback feedback;
    feedback.senderSsrc = sender;
    feedback.mediaSsrc = media;
    feedback.baseSequence = reader.u16();
    const std::size_t total = reader.u16();
    feedback.referenceTime = reader.u24();
    feedback.feedbackCount = reader.u8();
    Symbols symbols;
    while (symbols.size() < total && reader.remaining() > 0) {
        const std::size_t before = symbols.size();
        readChunk(reader.u16(), total, symbols);
        if (symbols.size() == before) return std::nullopt;
    }
    for (const std::uint8_t symbol : symbols) {
        std::optional<std::int16_t> delta;
        if (symbol == kSmallDelta) delta = reader.u8();
        if (symbol == kLargeDelta) delta = static_cast<std::int16_t>(reader.u16());
        if (symbol > kLargeDelta) return std::nullopt;
        feedback.deltas.push_back(delta);
    }
    if (!reader.ok() || symbols.size() != total || total == 0) return std::nullopt;
    return feedback;
}

void writeTransportFeedback(const TransportFeedback& feedback, ByteWriter& writer) {
    writer.u16(feedback.baseSequence);
    writer.u16(static_cast<std::uint32_t>(feedback.deltas.size()));
    writer.u24(feedback.referenceTime & 0xFFFFFFU);
    writer.u8(feedback.feedbackCount);
    Symbols symbols;
    for (const auto& delta : feedback.deltas) symbols.push_back(symbolOf(delta));
    for (std::span<const std::uint8_t> rest(symbols); !rest.empty();) rest = rest.subspan(writeChunk(rest, writer));
    for (const auto& delta : feedback.deltas) {
        if (!delta) continue;
        if (symbolOf(delta) == kSmallDelta) {
            writer.u8(static_cast<std::uint32_t>(*delta));
        } else {
            writer.u16(static_cast<std::uint16_t>(*delta));
        }
    }
}

}  // namespace tessera::rtcp
