#include "pipelines/webrtc/keyframe_detection.h"

namespace tessera {
namespace {

bool vp8BeginsKeyframe(ByteSpan payload) {
    ByteReader reader(payload);
    const auto required = reader.u8();
    const bool isStart = (required & 0x10U) != 0 && (required & 0x07U) == 0;  // S, PID 0
    if ((required & 0x80U) != 0) {                                            // X
        const auto extensions = reader.u8();
        if ((extensions & 0x80U) != 0 && (reader.u8() & 0x80U) != 0) reader.u8();  // I, and M: PictureID of 15 bits
        if ((extensions & 0x40U) != 0) reader.u8();                                // L: TL0PICIDX
        if ((extensions & 0x30U) != 0) reader.u8();                                // T or K
    }
    const auto header = reader.u8();
    return reader.ok() && isStart && (header & 1U) == 0;
}

constexpr unsigned kIdr = 5, kSps = 7, kStapA = 24, kFuA = 28;

bool isKeyNal(unsigned type) {
    return type == kIdr || type == kSps;
}

bool h264BeginsKeyframe(ByteSpan payload) {
    ByteReader reader(payload);
    const unsigned type = reader.u8() & 0x1fU;
    if (type == kFuA) {
        const unsigned header = reader.u8();
        return reader.ok() && (header & 0x80U) != 0 && isKeyNal(header & 0x1fU);
    }
    if (type != kStapA) return reader.ok() && isKeyNal(type);
    while (reader.remaining() > 2) {
        const auto nal = reader.bytes(reader.u16());
        if (!nal.empty() && isKeyNal(nal[0] & 0x1fU)) return true;
    }
    return false;
}

}  // namespace

bool beginsKeyframe(VideoCodec codec, ByteSpan payload) {
    switch (codec) {
        case VideoCodec::Vp8: return vp8BeginsKeyframe(payload);
        case VideoCodec::H264: return h264BeginsKeyframe(payload);
        case VideoCodec::Hevc:
        case VideoCodec::Vp9:
        case VideoCodec::Av1: return false;  // never negotiated
    }
    return false;
}

}  // namespace tessera
