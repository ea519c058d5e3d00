#include "pipelines/ingest/rtmp/flv_media.h"

#include <string_view>

namespace tessera {
namespace {

using Codec = FlvMedia::Codec;
using Part = FlvMedia::Part;
using Bytes = std::span<const std::uint8_t>;

constexpr unsigned kAvc = 7, kAac = 10, kEnhancedSound = 9;
constexpr unsigned kKeyframe = 1, kCommandFrame = 5;
constexpr unsigned kConfig = 0, kCodedFrames = 1, kSequenceEnd = 2, kCodedFramesX = 3, kMetadata = 4;

std::int32_t signed24(Bytes bytes) {
    const auto value = static_cast<std::int32_t>(readBigEndian(bytes.first(3)));
    return value >= 0x80'0000 ? value - 0x100'0000 : value;
}

Codec codecOf(Bytes fourCc) {
    struct Row {
        std::string_view name;
        Codec codec;
    };
    constexpr Row kRows[] = {{"hvc1", Codec::Hevc}, {"av01", Codec::Av1}, {"vp09", Codec::Vp9},
                             {"avc1", Codec::H264}, {"mp4a", Codec::Aac}, {"Opus", Codec::Opus}};
    const std::string name(fourCc.begin(), fourCc.end());
    for (const auto& row : kRows) {
        if (row.name == name) return row.codec;
    }
    return Codec::Unknown;
}

void readClassicVideo(Bytes body, FlvMedia& media) {
    if ((body[0] & 0xfU) != kAvc) {
        media.part = Part::Frame;
        return;
    }
    media.codec = Codec::H264;
    if (body.size() < 5 || body[0] >> 4U == kCommandFrame || body[1] == kSequenceEnd) return;
    media.part = body[1] == 0 ? Part::Config : Part::Frame;
    media.isKeyframe = body[0] >> 4U == kKeyframe;
    media.compositionMs = signed24(body.subspan(2));
    media.payload = body.subspan(5);
}

void readClassicAudio(Bytes body, FlvMedia& media) {
    media.part = Part::Frame;
    if (body[0] >> 4U != kAac) return;
    media.codec = Codec::Aac;
    media.part = body.size() < 2 ? Part::Other : body[1] == 0 ? Part::Config : Part::Frame;
    if (body.size() >= 2) media.payload = body.subspan(2);
}

/// Header byte, FourCC, and for some frames a composition time.
void readEnhanced(Bytes body, FlvMedia& media) {
    const unsigned type = body[0] & 0xfU;
    if (media.isVideo && (body[0] >> 4U & 7U) == kCommandFrame) return;
    if (type == kSequenceEnd || type == kMetadata) return;
    media.part = type == kConfig ? Part::Config : Part::Frame;
    const bool isFrame = type == kCodedFrames || (media.isVideo && type == kCodedFramesX);
    if (body.size() < 5 || (type != kConfig && !isFrame)) return;  // several tracks and the like: of no known codec
    media.codec = codecOf(body.subspan(1, 4));
    media.isKeyframe = !media.isVideo || (body[0] >> 4U & 7U) == kKeyframe;
    media.payload = body.subspan(5);
    const bool isReordered = media.codec == Codec::Hevc || media.codec == Codec::H264;
    if (type != kCodedFrames || !isReordered) return;
    if (body.size() < 8) {
        media.part = Part::Other;
        return;
    }
    media.compositionMs = signed24(body.subspan(5));
    media.payload = body.subspan(8);
}

}  // namespace

FlvMedia readFlvMedia(const RtmpMessage& message) {
    FlvMedia media;
    const Bytes body(message.body);
    media.isVideo = message.type == RtmpMessage::kVideo;
    media.isEnhanced = media.isVideo ? (body[0] & 0x80U) != 0 : body[0] >> 4U == kEnhancedSound;
    if (media.isEnhanced) {
        readEnhanced(body, media);
    } else if (media.isVideo) {
        readClassicVideo(body, media);
    } else {
        readClassicAudio(body, media);
    }
    return media;
}

}  // namespace tessera
