#include <algorithm>
#include <vector>

#include "pipelines/webrtc/rtp/packetizer.h"

namespace tessera {

namespace {

/// NAL unit types of ITU-T H.264 table 7-1 and RFC 6184 table 1.
constexpr std::uint8_t kTypeMask = 0x1F, kImportanceMask = 0xE0;
constexpr std::uint8_t kFirstSlice = 1, kLastSlice = 5, kAccessUnitDelimiter = 9, kFiller = 12, kStapA = 24, kFuA = 28;
constexpr std::uint8_t kFuStart = 0x80, kFuEnd = 0x40;
constexpr std::size_t kFuHeaderSize = 2, kStapHeaderSize = 1, kStapLengthSize = 2;

bool isSlice(ByteSpan unit) {
    const std::uint8_t type = unit[0] & kTypeMask;
    return type >= kFirstSlice && type <= kLastSlice;
}

bool isSent(ByteSpan unit) {
    if (unit.empty()) return false;
    const std::uint8_t type = unit[0] & kTypeMask;
    return type != 0 && type < kStapA && type != kAccessUnitDelimiter && type != kFiller;
}

/// Offset of the next 00 00 01 at or after `from`, or the size.
std::size_t findStartCode(ByteSpan bytes, std::size_t from) {
    for (std::size_t i = from; i + 3 <= bytes.size(); ++i) {
        if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1) return i;
    }
    return bytes.size();
}

/// @source ITU-T H.264 annex B.1: zeros behind a NAL unit are not part of it
std::vector<ByteSpan> nalUnits(ByteSpan bytes) {
    std::vector<ByteSpan> units;
    std::size_t code = findStartCode(bytes, 0);
    while (code < bytes.size()) {
        const std::size_t begin = code + 3;
        code = findStartCode(bytes, begin);
        std::size_t end = code;
        while (end > begin && bytes[end - 1] == 0) --end;
        const ByteSpan unit = bytes.subspan(begin, end - begin);
        if (isSent(unit)) units.push_back(unit);
    }
    return units;
}

void writeFragments(ByteSpan unit, PacketizedFrame& frame) {
    ByteWriter writer(frame.buffer());
    const ByteSpan body = unit.subspan(1);
    constexpr std::size_t kRoom = kMaxRtpPayload - kFuHeaderSize;
    const std::size_t parts = (body.size() + kRoom - 1) / kRoom;
    for (std::size_t part = 0; part < parts; ++part) {
        const std::size_t begin = body.size() * part / parts;
        const std::size_t end = body.size() * (part + 1) / parts;
        const std::uint8_t position = (part == 0 ? kFuStart : 0) | (part + 1 == parts ? kFuEnd : 0);
        writer.u8((unit[0] & kImportanceMask) | kFuA);
        writer.u8(position | (unit[0] & kTypeMask));
        writer.bytes(body.subspan(begin, end - begin));
        frame.endPayload();
    }
}

void writeSingle(ByteSpan unit, PacketizedFrame& frame) {
    ByteWriter(frame.buffer()).bytes(unit);
    frame.endPayload();
}

/// How many units from the first on are parameter sets and the like that fit one STAP-A.
std::size_t aggregable(std::span<const ByteSpan> units) {
    std::size_t size = kStapHeaderSize, count = 0;
    for (const ByteSpan unit : units) {
        size += kStapLengthSize + unit.size();
        if (isSlice(unit) || size > kMaxRtpPayload) break;
        ++count;
    }
    return count;
}

/// @source RFC 6184 section 5.7: F is the OR, NRI the maximum of the aggregated units'
void writeAggregate(std::span<const ByteSpan> units, PacketizedFrame& frame) {
    std::uint8_t forbidden = 0, importance = 0;
    for (const ByteSpan unit : units) {
        forbidden |= unit[0] & 0x80U;
        importance = std::max<std::uint8_t>(importance, unit[0] & 0x60U);
    }
    ByteWriter writer(frame.buffer());
    writer.u8(forbidden | importance | kStapA);
    for (const ByteSpan unit : units) {
        writer.u16(static_cast<std::uint32_t>(unit.size()));
        writer.bytes(unit);
    }
    frame.endPayload();
}

}  // namespace

PacketizedFramePtr packetizeH264(const Packet& packet) {
    auto frame = std::make_shared<PacketizedFrame>(PacketizedFrame::of(packet));
    const std::vector<ByteSpan> units = nalUnits(packet.bytes);
    frame->buffer().reserve(packet.bytes.size() + packet.bytes.size() / 256 + 16);
    std::span<const ByteSpan> rest(units);
    while (!rest.empty()) {
        const std::size_t together = aggregable(rest);
        if (together > 1) {
            writeAggregate(rest.first(together), *frame);
        } else if (rest[0].size() <= kMaxRtpPayload) {
            writeSingle(rest[0], *frame);
        } else {
            writeFragments(rest[0], *frame);
        }
        rest = rest.subspan(std::max<std::size_t>(together, 1));
    }
    return frame;
}

}  // namespace tessera
