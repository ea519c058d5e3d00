#include "tests/bench/room/rtp_clip.h"

extern "C" {
#include <libavformat/avformat.h>
}

#include <algorithm>

#include "pipelines/webrtc/rtp/packetizer.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"

namespace tessera {
namespace {

struct FormatClose {
    void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct PacketFree {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

ClipUnit toUnit(const AVPacket& read, MediaKind kind, Duration at, std::uint64_t sequence) {
    Packet packet;
    packet.kind = kind;
    packet.keyframe = (read.flags & AV_PKT_FLAG_KEY) != 0;
    packet.sequence = sequence;
    packet.bytes.assign(read.data, read.data + read.size);
    const auto cut = packetize(packet, VideoCodec::Vp8);
    ClipUnit unit{kind, at, {}, packet.bytes};
    for (std::size_t i = 0; i < cut->count(); ++i) {
        RtpHeader header;
        header.payloadType = kind == MediaKind::Video ? kClipVideoPayload : kClipAudioPayload;
        header.marker = cut->marker(i);
        unit.packets.push_back(plainRtp(header, cut->payload(i)));
    }
    return unit;
}

}  // namespace

Result<RtpClip> readRtpClip(const std::string& path) {
    AVFormatContext* opened = nullptr;
    if (avformat_open_input(&opened, path.c_str(), nullptr, nullptr) < 0) {
        return invalidArgument("the clip cannot be read: " + path, "clip");
    }
    const std::unique_ptr<AVFormatContext, FormatClose> format(opened);
    avformat_find_stream_info(format.get(), nullptr);
    const std::unique_ptr<AVPacket, PacketFree> packet(av_packet_alloc());
    RtpClip clip;
    std::uint64_t pictures = 0;
    while (av_read_frame(format.get(), packet.get()) == 0) {
        const AVStream& stream = *format->streams[packet->stream_index];
        const bool isVideo = stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
        const Duration at(av_rescale_q(packet->pts, stream.time_base, {1, static_cast<int>(kNanosecondsPerSecond)}));
        if (at >= Duration{}) {
            clip.units.push_back(
                toUnit(*packet, isVideo ? MediaKind::Video : MediaKind::Audio, at, isVideo ? pictures++ : 0));
        }
        av_packet_unref(packet.get());
    }
    if (clip.units.empty()) return invalidArgument("the clip is empty: " + path, "clip");
    std::stable_sort(clip.units.begin(), clip.units.end(),
                     [](const ClipUnit& a, const ClipUnit& b) { return a.at < b.at; });
    // Whole pictures and whole Opus packets: 100 ms divides both.
    clip.duration = clip.units.back().at / std::chrono::milliseconds(100) * std::chrono::milliseconds(100);
    while (clip.units.back().at >= clip.duration) clip.units.pop_back();
    return clip;
}

}  // namespace tessera
