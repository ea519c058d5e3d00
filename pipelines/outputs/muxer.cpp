#include "pipelines/outputs/muxer.h"

#include <array>
#include <cstring>
#include <utility>

extern "C" {
#include <libavutil/opt.h>
}

#include "mcu/media/coded_tap.h"

#include "pipelines/av/av_ptr.h"
#include "pipelines/codecs/encoder_catalog.h"
#include "pipelines/codecs/h264_bitstream.h"

namespace tessera {
namespace {

constexpr int kIoBufferBytes = 64 << 10;
constexpr AVRational kVideoTimeBase{1, 90'000};
constexpr AVRational kAudioTimeBase{1, kSampleRate};
constexpr AVRational kNanoseconds{1, 1'000'000'000};

/// Stereo at 48 kHz without pre-skip, since the stream does not begin with the encoder. @source RFC 7845 section 5.1
constexpr std::array<std::uint8_t, 19> kOpusHead{'O', 'p', 'u',  's',  'H', 'e', 'a', 'd', 1, 2,
                                                 0,   0,   0x80, 0xBB, 0,   0,   0,   0,   0};

struct Track {
    AVStream* stream = nullptr;
    AVRational timeBase{};
    AvPacketPtr waiting{};  ///< the newest; its duration is the nominal one
    std::int64_t newest = -1;
};

void setExtradata(AVCodecParameters& parameters, std::span<const std::uint8_t> bytes) {
    parameters.extradata = static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::memcpy(parameters.extradata, bytes.data(), bytes.size());
    parameters.extradata_size = static_cast<int>(bytes.size());
}

Track addVideo(AVFormatContext& format, const VideoEncodeSpec& spec, std::span<const std::uint8_t> extradata) {
    AVStream* stream = avformat_new_stream(&format, nullptr);
    stream->time_base = kVideoTimeBase;
    stream->avg_frame_rate = {spec.rate.num, spec.rate.den};
    AVCodecParameters& parameters = *stream->codecpar;
    parameters.codec_type = AVMEDIA_TYPE_VIDEO;
    parameters.codec_id = spec.codec == VideoCodec::Vp8 ? AV_CODEC_ID_VP8 : AV_CODEC_ID_H264;
    parameters.width = spec.size.width;
    parameters.height = spec.size.height;
    parameters.format = AV_PIX_FMT_YUV420P;
    parameters.sample_aspect_ratio = {1, 1};
    parameters.field_order = AV_FIELD_PROGRESSIVE;
    parameters.color_primaries = AVCOL_PRI_BT709;
    parameters.color_trc = AVCOL_TRC_BT709;
    parameters.color_space = AVCOL_SPC_BT709;
    parameters.color_range = AVCOL_RANGE_MPEG;
    parameters.chroma_location = AVCHROMA_LOC_LEFT;
    if (!extradata.empty()) setExtradata(parameters, extradata);
    return {.stream = stream, .timeBase = kVideoTimeBase};
}

Track addAudio(AVFormatContext& format, const AudioEncodeSpec& spec) {
    AVStream* stream = avformat_new_stream(&format, nullptr);
    stream->time_base = kAudioTimeBase;
    AVCodecParameters& parameters = *stream->codecpar;
    parameters.codec_type = AVMEDIA_TYPE_AUDIO;
    const bool isOpus = spec.codec == AudioCodec::Opus;
    parameters.codec_id = isOpus ? AV_CODEC_ID_OPUS : AV_CODEC_ID_AAC;
    parameters.sample_rate = kSampleRate;
    parameters.frame_size = isOpus ? 960 : 1024;
    parameters.bit_rate = spec.bitrateKbps * 1000LL;
    av_channel_layout_default(&parameters.ch_layout, kAudioChannels);
    if (isOpus) {
        setExtradata(parameters, kOpusHead);
    } else {
        setExtradata(parameters, kAacSpecificConfig);
    }
    return {.stream = stream, .timeBase = kAudioTimeBase};
}

Track addCopied(AVFormatContext& format, const AVCodecParameters& parameters) {
    AVStream* stream = avformat_new_stream(&format, nullptr);
    stream->time_base = kVideoTimeBase;
    avcodec_parameters_copy(stream->codecpar, &parameters);
    return {.stream = stream, .timeBase = kVideoTimeBase};
}

}  // namespace

struct Muxer::State {
    explicit State(MuxTarget& sink) : target(sink) {}
    ~State() {
        if (isOpen) abandon();
        if (format && format->pb) {
            av_freep(&format->pb->buffer);
            avio_context_free(&format->pb);
        }
        avformat_free_context(format);
    }

    static int write(void* opaque, std::uint8_t* bytes, int size) {
        auto& state = *static_cast<State*>(opaque);
        if (state.failure) return AVERROR(EIO);
        const Status written = state.target.write({bytes, static_cast<std::size_t>(size)});
        if (written) return size;
        state.failure = written.error();
        return AVERROR(EIO);
    }

    /// Formats with connections of their own (rtsp) let go of them in their trailer only.
    void abandon() {
        if (!failure) failure = Error{};
        av_write_trailer(format);
    }

    void flush() const {
        if (format->pb) avio_flush(format->pb);
    }

    // Borrowed
    MuxTarget& target;
    // Owned
    AVFormatContext* format = nullptr;
    // State
    Track video, audio, copied;
    MediaTime origin{};
    bool isLive = false;
    bool isOpen = false;  ///< the header is written and the trailer is not
    std::string url;
    std::optional<Error> failure;
};

void Muxer::connect(State& state, const MuxSpec& spec) {
    AVFormatContext& format = *state.format;
    if (spec.maxDelay > Duration{}) {
        format.max_delay = static_cast<int>(spec.maxDelay / std::chrono::microseconds(1));
    }
    if (const Interrupt* interrupt = state.target.interrupt())
        format.interrupt_callback = interruptCallback(*interrupt);
    if (!spec.url.empty()) {
        state.url = spec.url;
        format.url = av_strdup(spec.url.c_str());
        return;
    }
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(kIoBufferBytes));
    format.pb = avio_alloc_context(buffer, kIoBufferBytes, 1, &state, nullptr, &State::write, nullptr);
    format.pb->seekable = 0;
    format.flags |= AVFMT_FLAG_CUSTOM_IO;
}

Muxer::Muxer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Muxer::~Muxer() = default;

Status Muxer::checked(int code, const char* what) {
    if (state_->failure) return *state_->failure;
    if (code >= 0) return kOk;
    if (!state_->url.empty()) return networkError(state_->url, code);
    return internalError(std::string("the container's ") + what + " could not be written: " + avErrorText(code));
}

Result<std::unique_ptr<Muxer>> Muxer::create(const MuxSpec& spec, std::vector<std::uint8_t> videoExtradata,
                                             MediaTime origin, MuxTarget& target) {
    initAv();
    auto state = std::make_unique<State>(target);
    state->origin = origin;
    state->isLive = spec.isLive;
    if (avformat_alloc_output_context2(&state->format, nullptr, spec.format.c_str(), nullptr) < 0) {
        return unsupported("there is no container format " + spec.format);
    }
    connect(*state, spec);
    if (spec.video) state->video = addVideo(*state->format, *spec.video, videoExtradata);
    if (spec.audio) state->audio = addAudio(*state->format, *spec.audio);
    if (spec.copied != nullptr) state->copied = addCopied(*state->format, *spec.copied);

    AVDictionary* options = nullptr;
    for (const auto& [key, value] : spec.options) av_dict_set(&options, key.c_str(), value.c_str(), 0);
    const int written = avformat_write_header(state->format, &options);
    av_dict_free(&options);
    state->isOpen = written >= 0;
    state->flush();
    std::unique_ptr<Muxer> muxer(new Muxer(std::move(state)));
    TESSERA_TRY(muxer->checked(written, "header"));
    return muxer;
}

Status Muxer::write(const Packet& packet) {
    const bool isVideo = packet.kind == MediaKind::Video;
    Track& track = isVideo ? state_->video : state_->audio;
    if (!track.stream) return kOk;
    // Both ends are rounded apart, so that equal steps of time stay equal steps of the track's clock.
    const auto ticks = [&](MediaTime t) {
        return av_rescale_q(t.time_since_epoch().count(), kNanoseconds, track.timeBase);
    };
    const std::int64_t time = ticks(packet.pts) - ticks(state_->origin);
    if (time <= track.newest) return kOk;
    track.newest = time;

    std::vector<std::uint8_t> converted;
    const bool isH264 = isVideo && track.stream->codecpar->codec_id == AV_CODEC_ID_H264;
    if (isH264) converted = toLengthPrefixed(packet.bytes);
    const auto& bytes = isH264 ? converted : packet.bytes;
    AvPacketPtr out(av_packet_alloc());
    if (!out || av_new_packet(out.get(), static_cast<int>(bytes.size())) < 0) return internalError("out of memory");
    std::memcpy(out->data, bytes.data(), bytes.size());
    out->stream_index = track.stream->index;
    out->pts = time;
    out->duration = ticks(packet.pts + packet.duration) - ticks(packet.pts);
    if (packet.keyframe) out->flags |= AV_PKT_FLAG_KEY;
    TESSERA_TRY(emit(isVideo, time));
    track.waiting = std::move(out);
    return state_->isLive ? emit(isVideo, time + track.waiting->duration) : Status(kOk);
}

Status Muxer::write(const CodedUnit& unit) {
    const Track& track = state_->copied;
    TESSERA_CHECK(track.stream != nullptr);
    const auto ticks = [&](MediaTime t) {
        return av_rescale_q((t - state_->origin).count(), kNanoseconds, track.stream->time_base);
    };
    const AvPacketPtr packet(av_packet_alloc());
    const int size = static_cast<int>(unit.bytes.size());
    if (!packet || av_new_packet(packet.get(), size) < 0) return internalError("out of memory");
    std::memcpy(packet->data, unit.bytes.data(), unit.bytes.size());
    packet->stream_index = track.stream->index;
    packet->pts = ticks(unit.pts);
    packet->dts = ticks(unit.dts);
    packet->duration = ticks(unit.pts + unit.duration) - packet->pts;
    if (unit.keyframe) packet->flags |= AV_PKT_FLAG_KEY;
    return checked(av_write_frame(state_->format, packet.get()), "packet");
}

Status Muxer::emit(bool isVideo, std::int64_t next) {
    Track& track = isVideo ? state_->video : state_->audio;
    if (!track.waiting) return kOk;
    const AvPacketPtr packet = std::move(track.waiting);
    packet->duration = next - packet->pts;
    av_packet_rescale_ts(packet.get(), track.timeBase, track.stream->time_base);
    packet->dts = packet->pts;
    return checked(av_write_frame(state_->format, packet.get()), "packet");
}

void Muxer::setOrigin(MediaTime origin) {
    state_->origin = origin;
}

Status Muxer::beginSegment() {
    if (std::strcmp(state_->format->oformat->name, "mpegts") != 0) return kOk;
    return checked(av_opt_set(state_->format->priv_data, "mpegts_flags", "+resend_headers", 0), "tables");
}

Status Muxer::flushFragment() {
    const int written = av_write_frame(state_->format, nullptr);
    state_->flush();
    TESSERA_TRY(checked(written, "fragment"));
    return state_->target.onFragment();
}

Status Muxer::finish() {
    for (const bool isVideo : {true, false}) {
        const Track& track = isVideo ? state_->video : state_->audio;
        if (track.waiting) TESSERA_TRY(emit(isVideo, track.waiting->pts + track.waiting->duration));
    }
    if (!std::exchange(state_->isOpen, false)) return kOk;
    const int written = av_write_trailer(state_->format);
    state_->flush();
    return checked(written, "trailer");
}

}  // namespace tessera
