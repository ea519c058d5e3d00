#include "pipelines/codecs/software_video_decoder.h"

#include <cstring>
#include <string>
#include <utility>

#include "mcu/base/log.h"

#include "pipelines/av/av_media.h"

namespace tessera {
namespace {

/// Larger pictures are refused before memory is taken for them: above 8K.
constexpr std::int64_t kMostPixels = 8192LL * 4352;

AVCodecID idOf(VideoCodec codec) {
    switch (codec) {
        case VideoCodec::H264: return AV_CODEC_ID_H264;
        case VideoCodec::Vp8: return AV_CODEC_ID_VP8;
        case VideoCodec::Hevc: return AV_CODEC_ID_HEVC;
        case VideoCodec::Vp9: return AV_CODEC_ID_VP9;
        case VideoCodec::Av1: return AV_CODEC_ID_AV1;
    }
    return AV_CODEC_ID_NONE;
}

Result<AvCodecContextPtr> openDecoder(VideoCodec codec) {
    initAv();
    const AVCodec* found = avcodec_find_decoder(idOf(codec));
    AvCodecContextPtr context(found ? avcodec_alloc_context3(found) : nullptr);
    if (!context) return unsupported("libavcodec has no decoder for " + std::string(toString(codec)));
    context->thread_count = 1;
    context->max_pixels = kMostPixels;
    context->pkt_timebase = {1, static_cast<int>(kNanosecondsPerSecond)};
    if (const int code = avcodec_open2(context.get(), found, nullptr); code < 0) {
        return unsupported(std::string(found->name) + " does not start: " + avErrorText(code));
    }
    return context;
}

bool isDamaged(const AVFrame& frame) {
    return (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
}

class SoftwareVideoDecoder final : public VideoDecoder {
public:
    SoftwareVideoDecoder(AvCodecContextPtr context, FrameSink& pictures)
        : pictures_(pictures), context_(std::move(context)), packet_(av_packet_alloc()) {}

    DecodeOutcome decode(const AccessUnit& unit) override {
        if (!packet_ || av_new_packet(packet_.get(), static_cast<int>(unit.bytes.size())) < 0) {
            return DecodeOutcome::Failed;
        }
        std::memcpy(packet_->data, unit.bytes.data(), unit.bytes.size());
        packet_->pts = unit.pts.time_since_epoch().count();
        if (unit.keyframe) packet_->flags |= AV_PKT_FLAG_KEY;
        const int sent = avcodec_send_packet(context_.get(), packet_.get());
        av_packet_unref(packet_.get());
        if (sent == AVERROR(ENOMEM)) return fail(sent);
        const int received = receive();
        if (received == AVERROR(ENOMEM)) return fail(received);
        return sent < 0 || received < 0 || std::exchange(hasDamage_, false) ? DecodeOutcome::Damaged
                                                                            : DecodeOutcome::Accepted;
    }

    void drain() override {
        if (avcodec_send_packet(context_.get(), nullptr) == 0) receive();
        avcodec_flush_buffers(context_.get());
        hasDamage_ = false;
    }
    std::string_view name() const override { return "software"; }

private:
    static DecodeOutcome fail(int code) {
        log(LogLevel::Warning, "decoder", avErrorText(code));
        return DecodeOutcome::Failed;
    }

    /// Offers every picture that is ready. @return 0, or FFmpeg's error
    int receive() {
        while (true) {
            AvFramePtr frame(av_frame_alloc());
            if (!frame) return AVERROR(ENOMEM);
            const int code = avcodec_receive_frame(context_.get(), frame.get());
            if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return 0;
            if (code < 0) return code;
            if (isDamaged(*frame)) {
                hasDamage_ = true;
            } else if (frame->pts != AV_NOPTS_VALUE) {
                offer(std::move(frame));
            }
        }
    }

    void offer(AvFramePtr frame) {
        const MediaTime pts{Duration(frame->pts)};
        const auto picture = converter_.convert(std::move(frame));
        if (!picture) return;  // the degenerate last pictures of a leaving sender
        picture->pts = pts;
        pictures_.offer(picture);
    }

    // Borrowed
    FrameSink& pictures_;
    // Owned
    AvCodecContextPtr context_;
    AvPacketPtr packet_;
    AvPictureConverter converter_;
    // State
    bool hasDamage_ = false;
};

}  // namespace

Result<std::unique_ptr<VideoDecoder>> createSoftwareVideoDecoder(VideoCodec codec, FrameSink& pictures) {
    auto context = openDecoder(codec);
    if (!context.ok()) return context.error();
    return std::unique_ptr<VideoDecoder>(std::make_unique<SoftwareVideoDecoder>(*std::move(context), pictures));
}

std::string_view softwareVideoDecoderName(VideoCodec codec) {
    const AVCodec* found = avcodec_find_decoder(idOf(codec));
    return found ? found->name : std::string_view();
}

}  // namespace tessera
