#include "pipelines/webrtc/rtp/packetizer.h"

#include <algorithm>

namespace tessera {

namespace {

/// RFC 7741 section 4.2: X, R, N, S, R, PID; then I, L, T, K; then a 15-bit PictureID.
constexpr std::size_t kVp8DescriptorSize = 4;
constexpr std::uint8_t kVp8Extended = 0x80, kVp8StartOfPartition = 0x10, kVp8PictureId = 0x80;

}  // namespace

PacketizedFrame PacketizedFrame::of(const Packet& packet) {
    PacketizedFrame frame;
    frame.kind = packet.kind;
    frame.keyframe = packet.keyframe;
    frame.pts = packet.pts;
    frame.duration = packet.duration;
    frame.sequence = packet.sequence;
    return frame;
}

ByteSpan PacketizedFrame::payload(std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return ByteSpan(bytes_).subspan(begin, ends_[index] - begin);
}

PacketizedFramePtr packetizeVp8(const Packet& packet) {
    auto frame = std::make_shared<PacketizedFrame>(PacketizedFrame::of(packet));
    constexpr std::size_t kRoom = kMaxRtpPayload - kVp8DescriptorSize;
    const ByteSpan bytes(packet.bytes);
    const std::size_t parts = (bytes.size() + kRoom - 1) / kRoom;
    frame->buffer().reserve(bytes.size() + parts * kVp8DescriptorSize);
    ByteWriter writer(frame->buffer());
    for (std::size_t part = 0; part < parts; ++part) {
        const std::size_t begin = bytes.size() * part / parts;
        const std::size_t end = bytes.size() * (part + 1) / parts;
        writer.u8(kVp8Extended | (part == 0 ? kVp8StartOfPartition : 0U));
        writer.u8(kVp8PictureId);
        writer.u16(0x8000U | (packet.sequence & 0x7FFFU));
        writer.bytes(bytes.subspan(begin, end - begin));
        frame->endPayload();
    }
    return frame;
}

PacketizedFramePtr packetizeOpus(const Packet& packet) {
    auto frame = std::make_shared<PacketizedFrame>(PacketizedFrame::of(packet));
    if (packet.bytes.empty() || packet.bytes.size() > kMaxRtpPayload) return frame;
    frame->buffer() = packet.bytes;
    frame->endPayload();
    return frame;
}

PacketizedFramePtr packetize(const Packet& packet, VideoCodec codec) {
    if (packet.kind == MediaKind::Audio) return packetizeOpus(packet);
    switch (codec) {
        case VideoCodec::H264: return packetizeH264(packet);
        case VideoCodec::Vp8: return packetizeVp8(packet);
        case VideoCodec::Hevc:
        case VideoCodec::Vp9:
        case VideoCodec::Av1: break;  // never sent
    }
    return packetizeVp8(packet);
}

}  // namespace tessera
