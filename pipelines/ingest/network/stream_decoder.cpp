#include "pipelines/ingest/network/stream_decoder.h"

#include "mcu/media/audio_block.h"

namespace tessera {
namespace {

constexpr AVRational kNanoseconds{1, 1'000'000'000};
/// Larger pictures are decoded by two threads, at the price of one picture's delay.
constexpr int kPixelsOfOneThread = 1280 * 720;

}  // namespace

Status StreamDecoder::open(int medium, int streamIndex) {
    AVStream* stream = format_.streams[streamIndex];
    const AVCodec* codec = avcodec_find_decoder(stream->codecpar->codec_id);
    const std::string name = avcodec_get_name(stream->codecpar->codec_id);
    if (codec == nullptr) return unsupported("there is no decoder for " + name);
    AvCodecContextPtr decoder(avcodec_alloc_context3(codec));
    if (avcodec_parameters_to_context(decoder.get(), stream->codecpar) < 0) return unsupported("wrong " + name);
    decoder->pkt_timebase = stream->time_base;
    decoder->thread_count = medium == 0 && decoder->width * decoder->height > kPixelsOfOneThread ? 2 : 1;
    decoder->max_pixels = kMostDecodedPixels;
    if (avcodec_open2(decoder.get(), codec, nullptr) < 0) return unsupported(name + " cannot be decoded");
    tracks_[static_cast<std::size_t>(medium)] = {.stream = stream, .decoder = std::move(decoder)};
    return kOk;
}

Result<int> StreamDecoder::decode(const TimedPacket& packet) {
    Track& track = tracks_[static_cast<std::size_t>(packet.medium)];
    if (!track.decoder) return 0;
    if (packet.jumped) {
        for (Track& each : tracks_) {
            if (each.decoder) avcodec_flush_buffers(each.decoder.get());
            each.coded.interrupt();
        }
        sounds_.reset();
        pictures_.reset();
        lastPicture_.reset();
    }
    track.coded.offer(*packet.packet, *track.stream, packet.offset, feed_->coded);
    if (avcodec_send_packet(track.decoder.get(), packet.packet.get()) < 0) feed_->decodeErrors.add();
    int written = 0;
    while (true) {
        AvFramePtr frame(av_frame_alloc());
        if (avcodec_receive_frame(track.decoder.get(), frame.get()) < 0) return written;
        if ((frame->flags & AV_FRAME_FLAG_CORRUPT) != 0) {
            feed_->decodeErrors.add();
            continue;
        }
        TESSERA_TRY(write(track, packet.medium, std::move(frame), packet.offset));
        ++written;
    }
}

MediaTime StreamDecoder::timeOf(const Track& track, const AVFrame& frame, Duration offset) const {
    if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return track.follow;
    return MediaTime(Duration(av_rescale_q(frame.best_effort_timestamp, track.stream->time_base, kNanoseconds)) +
                     offset);
}

Status StreamDecoder::write(Track& track, int medium, AvFramePtr frame, Duration offset) {
    const MediaTime pts = timeOf(track, *frame, offset);
    if (medium == 1) {
        Duration delay{};
        const auto sound = sounds_.convert(*frame, delay);
        const auto samples = static_cast<std::int64_t>(sound.size()) / kAudioChannels;
        track.follow = pts + samplesToDuration(samples);
        feed_->audio.write(pts - delay, sound.data(), static_cast<std::size_t>(samples));
        return kOk;
    }
    const AVRational rate = av_guess_frame_rate(&format_, track.stream, frame.get());
    track.follow = pts + Duration(rate.num > 0 && rate.den > 0 ? av_rescale(kNanosecondsPerSecond, rate.den, rate.num)
                                                               : kNanosecondsPerSecond / 25);
    if (lastPicture_ && pts > *lastPicture_ && pts - *lastPicture_ < kMinimumPictureDistance) return kOk;
    auto picture = pictures_.take(std::move(frame), format_, *track.stream);
    if (!picture) return picture.error();
    if (!*picture) {
        feed_->decodeErrors.add();
        return kOk;
    }
    lastPicture_ = pts;
    (*picture)->pts = pts;
    feed_->width.set((*picture)->size.width);
    feed_->height.set((*picture)->size.height);
    feed_->video.offer(std::move(*picture));
    return kOk;
}

}  // namespace tessera
