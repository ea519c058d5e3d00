#include "pipelines/ingest/media_reader.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "mcu/media/audio_block.h"

namespace tessera {
namespace {

/// Containers of one self-contained file: none of them names another file or address.
constexpr const char* kFormats = "mov,matroska,ogg,mpegts,avi,flv,ivf,wav,mp3,flac,aac,h264,yuv4mpegpipe";
constexpr AVRational kNanoseconds{1, 1'000'000'000};
/// How far one medium may lie behind the other in the file; beyond, they are no longer merged.
constexpr std::size_t kMaxWaitingPackets = 2000;
constexpr std::size_t kMaxWaitingBytes = 64U << 20U;

}  // namespace

Result<std::unique_ptr<MediaReader>> MediaReader::open(const std::string& path) {
    initAv();
    std::unique_ptr<MediaReader> reader(new MediaReader(path));
    TESSERA_TRY(reader->openFile());
    return reader;
}

Status MediaReader::openFile() {
    std::error_code error;
    const auto status = std::filesystem::status(path_, error);
    if (!std::filesystem::exists(status)) return notFound("there is no file " + path_);
    if (!std::filesystem::is_regular_file(status)) return invalidArgument(path_ + " is not a file", "path");

    AVDictionary* options = nullptr;
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    av_dict_set(&options, "format_whitelist", kFormats, 0);
    const int opened = avformat_open_input(&format_, ("file:" + path_).c_str(), nullptr, &options);
    av_dict_free(&options);
    if (opened < 0) return invalidArgument(path_ + " is not a media file: " + avErrorText(opened), "path");
    if (avformat_find_stream_info(format_, nullptr) < 0) return invalidArgument(path_ + " is not a media file", "path");
    const int shown = av_find_best_stream(format_, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (shown >= 0) {  // before a decoder makes room for it
        const AVCodecParameters& parameters = *format_->streams[shown]->codecpar;
        TESSERA_TRY(checkSize({parameters.width, parameters.height}));
    }
    const bool hasVideo = openStream(video_, AVMEDIA_TYPE_VIDEO);
    const bool hasAudio = openStream(audio_, AVMEDIA_TYPE_AUDIO);
    if (!hasVideo && !hasAudio)
        return invalidArgument(path_ + " holds no picture or sound that can be decoded", "path");
    if (hasVideo) TESSERA_TRY(checkTransfer(video_.decoder->color_trc));
    if (hasVideo) size_ = {video_.decoder->width, video_.decoder->height};
    return kOk;
}

MediaReader::~MediaReader() {
    avformat_close_input(&format_);
}

bool MediaReader::openStream(Stream& stream, int type) {
    const AVCodec* codec = nullptr;
    const int index = av_find_best_stream(format_, static_cast<AVMediaType>(type), -1, -1, &codec, 0);
    if (index < 0 || !codec) return false;
    AvCodecContextPtr decoder(avcodec_alloc_context3(codec));
    if (avcodec_parameters_to_context(decoder.get(), format_->streams[index]->codecpar) < 0) return false;
    decoder->pkt_timebase = format_->streams[index]->time_base;
    decoder->thread_count = 1;
    decoder->max_pixels = kMostDecodedPixels;
    if (avcodec_open2(decoder.get(), codec, nullptr) < 0) return false;
    stream.index = index;
    stream.decoder = std::move(decoder);
    return true;
}

std::optional<MediaItem> MediaReader::next() {
    fill(video_);
    fill(audio_);
    Stream* stream = nullptr;
    for (Stream* candidate : {&audio_, &video_}) {
        if (candidate->items.empty()) continue;
        if (!stream || candidate->items.front().time < stream->items.front().time) stream = candidate;
    }
    if (!stream) return std::nullopt;
    MediaItem item = std::move(stream->items.front());
    stream->items.pop_front();
    return item;
}

/// Decodes until there is an item, the stream ends, or the other stream lies too far ahead of it.
void MediaReader::fill(Stream& stream) {
    while (stream.index >= 0 && stream.items.empty() && !stream.isEnded) {
        if (stream.packets.empty() && !isAtEnd_ && !fetchPacket(stream)) return;
        if (stream.packets.empty()) {
            stream.isEnded = true;
            decode(stream, nullptr);
            return;
        }
        const AvPacketPtr packet = std::move(stream.packets.front());
        stream.packets.pop_front();
        stream.bytes -= static_cast<std::size_t>(packet->size);
        decode(stream, packet.get());
    }
}

/// Reads until a packet of `wanted` has come or the file ends. @return false when too much of the other has come first
bool MediaReader::fetchPacket(const Stream& wanted) {
    while (true) {
        const Stream& other = &wanted == &video_ ? audio_ : video_;
        if (other.packets.size() >= kMaxWaitingPackets || other.bytes >= kMaxWaitingBytes) return false;
        AvPacketPtr packet(av_packet_alloc());
        if (av_read_frame(format_, packet.get()) < 0) {
            isAtEnd_ = true;
            return true;
        }
        for (Stream* stream : {&video_, &audio_}) {
            if (packet->stream_index != stream->index) continue;
            stream->bytes += static_cast<std::size_t>(packet->size);
            stream->packets.push_back(std::move(packet));
            if (stream == &wanted) return true;
            break;
        }
    }
}

void MediaReader::decode(Stream& stream, const AVPacket* packet) {
    if (tap_ && packet != nullptr) tap_(*packet, *format_->streams[stream.index], begin());
    if (avcodec_send_packet(stream.decoder.get(), packet) < 0) ++decodeErrors_;
    while (true) {
        AvFramePtr frame(av_frame_alloc());
        if (avcodec_receive_frame(stream.decoder.get(), frame.get()) < 0) return;
        take(stream, std::move(frame));
    }
}

Duration MediaReader::timeOf(const Stream& stream, const AVFrame& frame) const {
    if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return stream.follow;
    const AVRational base = format_->streams[stream.index]->time_base;
    return Duration(av_rescale_q(frame.best_effort_timestamp, base, kNanoseconds)) - begin();
}

void MediaReader::take(Stream& stream, AvFramePtr frame) {
    MediaItem item;
    item.time = timeOf(stream, *frame);
    if (&stream == &video_) {
        const AVRational rate = av_guess_frame_rate(format_, format_->streams[stream.index], frame.get());
        item.duration = Duration(rate.num > 0 && rate.den > 0 ? av_rescale(kNanosecondsPerSecond, rate.den, rate.num)
                                                              : kNanosecondsPerSecond / 25);
        auto picture = pictures_.take(std::move(frame), *format_, *format_->streams[stream.index]);
        if (picture) item.picture = std::move(picture).value();
        if (!item.picture) ++decodeErrors_;
    } else {
        Duration delay{};
        item.sound = sounds_.convert(*frame, delay);
        item.time -= delay;
        item.duration = samplesToDuration(static_cast<std::int64_t>(item.sound.size()) / kAudioChannels);
    }
    stream.follow = item.time + item.duration;
    if (item.picture || !item.sound.empty()) stream.items.push_back(std::move(item));
}

Duration MediaReader::begin() const {
    return Duration(format_->start_time == AV_NOPTS_VALUE ? 0 : format_->start_time * 1000);
}

Duration MediaReader::length() const {
    return Duration(format_->duration > 0 ? format_->duration * 1000 : 0);
}

Status MediaReader::seek(Duration position) {
    const std::int64_t begin = format_->start_time == AV_NOPTS_VALUE ? 0 : format_->start_time;
    const std::int64_t target = begin + position.count() / 1000;
    if (avformat_seek_file(format_, -1, INT64_MIN, target, target, 0) < 0) {
        return unsupported("the file cannot be played from another position");
    }
    for (Stream* stream : {&video_, &audio_}) {
        stream->packets.clear();
        stream->items.clear();
        stream->bytes = 0;
        stream->isEnded = false;
        if (stream->decoder) avcodec_flush_buffers(stream->decoder.get());
    }
    sounds_.reset();
    pictures_.reset();
    isAtEnd_ = false;
    return kOk;
}

Status MediaReader::rewind() {
    video_ = Stream();
    audio_ = Stream();
    avformat_close_input(&format_);
    sounds_.reset();
    pictures_.reset();
    isAtEnd_ = false;
    return openFile();
}

}  // namespace tessera
