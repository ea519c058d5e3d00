#include "pipelines/webrtc/rtp/rtp_packet.h"

#include <algorithm>

#include "mcu/base/check.h"

namespace tessera {

namespace {

constexpr std::uint16_t kOneByteProfile = 0xBEDE;
constexpr std::uint16_t kTwoByteProfile = 0x1000;  // the low four bits are the application's

bool fitsOneByte(const RtpExtension& extension) {
    return extension.id >= 1 && extension.id <= 14 && !extension.bytes.empty() && extension.bytes.size() <= 16;
}

void appendExtensions(std::span<const RtpExtension> extensions, ByteWriter& writer) {
    const bool oneByte = std::all_of(extensions.begin(), extensions.end(), fitsOneByte);
    std::size_t size = 0;
    for (const RtpExtension& extension : extensions) size += (oneByte ? 1 : 2) + extension.bytes.size();
    const std::size_t words = (size + 3) / 4;
    writer.u16(oneByte ? kOneByteProfile : kTwoByteProfile);
    writer.u16(static_cast<std::uint32_t>(words));
    for (const RtpExtension& extension : extensions) {
        const auto length = static_cast<std::uint32_t>(extension.bytes.size());
        TESSERA_CHECK(extension.id != 0 && length <= 255);
        if (oneByte) {
            writer.u8(extension.id << 4U | (length - 1));
        } else {
            writer.u8(extension.id);
            writer.u8(length);
        }
        writer.bytes(extension.bytes);
    }
    writer.zeros(words * 4 - size);
}

}  // namespace

DatagramKind classifyDatagram(ByteSpan datagram) {
    if (datagram.empty()) return DatagramKind::Unknown;
    const std::uint8_t first = datagram[0];
    if (first <= 3) return DatagramKind::Stun;
    if (first >= 20 && first <= 63) return DatagramKind::Dtls;
    if (first < 128 || first > 191 || datagram.size() < 2) return DatagramKind::Unknown;
    const bool rtcp = datagram[1] >= 192 && datagram[1] <= 223;
    return rtcp ? DatagramKind::Rtcp : DatagramKind::Rtp;
}

/// Walks the elements of an extension; id 0 is padding.
struct RtpPacketView::Cursor {
    ByteReader reader;
    bool twoByte;

    /// @return nothing at the end, or when an element does not fit (then `reader.ok()` is false)
    std::optional<RtpExtension> next() {
        while (reader.remaining() > 0) {
            const std::uint8_t head = reader.u8();
            if (head == 0) continue;
            if (twoByte) {
                const std::uint8_t length = reader.u8();
                const ByteSpan bytes = reader.bytes(length);
                return reader.ok() ? std::optional(RtpExtension{head, bytes}) : std::nullopt;
            }
            const std::uint8_t id = head >> 4U;
            if (id == 15) return std::nullopt;  // RFC 8285 section 4.2: stop here, ignore the rest
            const ByteSpan bytes = reader.bytes((head & 0x0FU) + 1U);
            if (!reader.ok()) return std::nullopt;
            if (id != 0) return RtpExtension{id, bytes};
        }
        return std::nullopt;
    }
};

std::optional<RtpPacketView> RtpPacketView::parse(ByteSpan packet) {
    ByteReader reader(packet);
    RtpPacketView view;
    const std::uint8_t flags = reader.u8();
    const std::uint8_t type = reader.u8();
    view.header_.marker = (type & 0x80U) != 0;
    view.header_.payloadType = type & 0x7FU;
    view.header_.sequence = reader.u16();
    view.header_.timestamp = reader.u32();
    view.header_.ssrc = reader.u32();
    reader.bytes((flags & 0x0FU) * 4U);
    if (!reader.ok() || flags >> 6U != 2) return std::nullopt;
    if ((flags & 0x10U) != 0) {
        const std::uint16_t profile = reader.u16();
        const ByteSpan body = reader.bytes(reader.u16() * 4U);
        view.twoByte_ = (profile & 0xFFF0U) == kTwoByteProfile;
        if (view.twoByte_ || profile == kOneByteProfile) view.extensions_ = body;
    }
    ByteSpan payload = reader.bytes(reader.remaining());
    if (!reader.ok()) return std::nullopt;
    if ((flags & 0x20U) != 0) {
        if (payload.empty() || payload.back() == 0 || payload.back() > payload.size()) return std::nullopt;
        payload = payload.first(payload.size() - payload.back());
    }
    view.payload_ = payload;
    if (!view.checkExtensions()) return std::nullopt;
    return view;
}

bool RtpPacketView::checkExtensions() const {
    Cursor cursor{ByteReader(extensions_), twoByte_};
    while (cursor.next()) {
    }
    return cursor.reader.ok();
}

std::optional<ByteSpan> RtpPacketView::extension(std::uint8_t id) const {
    Cursor cursor{ByteReader(extensions_), twoByte_};
    while (const auto element = cursor.next()) {
        if (element->id == id) return element->bytes;
    }
    return std::nullopt;
}

std::optional<std::uint16_t> RtpPacketView::transportSequence(std::uint8_t id) const {
    const auto bytes = extension(id);
    if (!bytes || bytes->size() < 2) return std::nullopt;
    return ByteReader(*bytes).u16();
}

void writeRtpHeader(const RtpHeader& header, std::span<std::uint8_t, kRtpHeaderSize> out) {
    TESSERA_CHECK(header.payloadType < 128);
    out[0] = 0x80;
    out[1] = static_cast<std::uint8_t>((header.marker ? 0x80U : 0U) | header.payloadType);
    out[2] = static_cast<std::uint8_t>(header.sequence >> 8U);
    out[3] = static_cast<std::uint8_t>(header.sequence);
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t shift = 24 - 8 * i;
        out[4 + i] = static_cast<std::uint8_t>(header.timestamp >> shift);
        out[8 + i] = static_cast<std::uint8_t>(header.ssrc >> shift);
    }
}

void appendRtp(const RtpHeader& header, std::span<const RtpExtension> extensions, ByteSpan payload,
               std::vector<std::uint8_t>& out) {
    const std::size_t start = out.size();
    out.resize(start + kRtpHeaderSize);
    writeRtpHeader(header, std::span(out).subspan(start).first<kRtpHeaderSize>());
    ByteWriter writer(out);
    if (!extensions.empty()) {
        out[start] |= 0x10U;
        appendExtensions(extensions, writer);
    }
    writer.bytes(payload);
}

std::vector<std::uint8_t> plainRtp(const RtpHeader& header, ByteSpan payload) {
    std::vector<std::uint8_t> out;
    out.reserve(kRtpHeaderSize + payload.size());
    appendRtp(header, {}, payload, out);
    return out;
}

}  // namespace tessera
