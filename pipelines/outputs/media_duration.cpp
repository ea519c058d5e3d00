#include "pipelines/outputs/media_duration.h"

#include <algorithm>

#include "pipelines/av/av_ptr.h"

namespace tessera {

std::int64_t probeDurationMs(const std::string& path) {
    initAv();
    AVFormatContext* opened = nullptr;
    if (avformat_open_input(&opened, path.c_str(), nullptr, nullptr) < 0) return 0;
    const std::unique_ptr<AVFormatContext, void (*)(AVFormatContext*)> context(
        opened, [](AVFormatContext* each) { avformat_close_input(&each); });
    if (avformat_find_stream_info(context.get(), nullptr) < 0) return 0;
    // A file that was not finished has no duration in its header: the last packet tells.
    std::int64_t lastMs = context->duration > 0 ? context->duration * 1000 / AV_TIME_BASE : 0;
    const AvPacketPtr packet(av_packet_alloc());
    while (packet && av_read_frame(context.get(), packet.get()) >= 0) {
        const auto base = context->streams[packet->stream_index]->time_base;
        const auto end = packet->pts + packet->duration;
        lastMs = std::max(lastMs, av_rescale_q(end, base, AVRational{1, 1000}));
        av_packet_unref(packet.get());
    }
    return lastMs;
}

}  // namespace tessera
