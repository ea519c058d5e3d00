#include "pipelines/ingest/coded_stream.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

constexpr AVRational kNanoseconds{1, 1'000'000'000};

}  // namespace

/// A demuxer tells of a change beside the first packet that needs it.
void CodedStream::keepConfiguration(const AVPacket& packet, const AVCodecParameters& parameters) {
    std::size_t size = 0;
    const std::uint8_t* bytes = av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, &size);
    if (bytes == nullptr && !configuration_) {
        bytes = parameters.extradata;
        size = static_cast<std::size_t>(parameters.extradata_size);
    }
    if (bytes == nullptr || size == 0) return;
    configuration_ = std::make_shared<const std::vector<std::uint8_t>>(bytes, bytes + size);
}

void CodedStream::offer(const AVPacket& packet, const AVStream& stream, Duration offset, CodedTap& tap) {
    const AVCodecParameters& parameters = *stream.codecpar;
    keepConfiguration(packet, parameters);
    const std::int64_t pts = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
    if (!tap.isWanted() || pts == AV_NOPTS_VALUE || packet.size == 0) {
        isInterrupted_ = true;
        return;
    }
    const auto time = [&](std::int64_t stamp) {
        return MediaTime(Duration(av_rescale_q(stamp, stream.time_base, kNanoseconds)) + offset);
    };
    auto unit = std::make_shared<CodedUnit>();
    unit->kind = parameters.codec_type == AVMEDIA_TYPE_VIDEO ? MediaKind::Video : MediaKind::Audio;
    unit->codec = avcodec_get_name(parameters.codec_id);
    unit->keyframe = unit->kind == MediaKind::Audio || (packet.flags & AV_PKT_FLAG_KEY) != 0;
    unit->discontinuity = std::exchange(isInterrupted_, false) || (packet.flags & AV_PKT_FLAG_CORRUPT) != 0;
    unit->pts = time(pts);
    unit->dts = packet.dts != AV_NOPTS_VALUE ? std::min(time(packet.dts), unit->pts) : unit->pts;
    unit->duration = Duration(av_rescale_q(packet.duration, stream.time_base, kNanoseconds));
    unit->sampleRate = parameters.sample_rate;
    unit->channels = parameters.ch_layout.nb_channels;
    unit->configuration = configuration_;
    unit->bytes.assign(packet.data, packet.data + packet.size);
    tap.offer(unit);
}

}  // namespace tessera
