#include "pipelines/av/av_media.h"

#include <algorithm>

extern "C" {
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include "mcu/media/audio_block.h"

namespace tessera {
namespace {

bool isI420(const AVFrame& frame) {
    if (frame.format != AV_PIX_FMT_YUV420P && frame.format != AV_PIX_FMT_YUVJ420P) return false;
    return frame.linesize[0] > 0 && frame.linesize[1] > 0 && frame.linesize[2] > 0;
}

bool isRgb(const AVFrame& frame) {
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    return description && (description->flags & AV_PIX_FMT_FLAG_RGB) != 0;
}

ColorMatrix matrixOf(const AVFrame& frame) {
    switch (frame.colorspace) {
        case AVCOL_SPC_BT709: return ColorMatrix::Bt709;
        case AVCOL_SPC_BT470BG:
        case AVCOL_SPC_SMPTE170M: return ColorMatrix::Bt601;
        default: return frame.height < 720 && !isRgb(frame) ? ColorMatrix::Bt601 : ColorMatrix::Bt709;
    }
}

/// Of square pixels, with the frame's lines. @source ITU-R BT.601: pixels of standard definition are not square
Size displaySize(const AVFrame& frame) {
    constexpr std::int64_t kWidest = 4096;
    const AVRational aspect = frame.sample_aspect_ratio;
    if (aspect.num <= 0 || aspect.den <= 0) return {frame.width, frame.height};
    const std::int64_t width = av_rescale(frame.width, aspect.num, aspect.den);
    return {static_cast<int>(std::clamp<std::int64_t>(width / 2 * 2, kMinimumFrame.width,
                                                      std::max<std::int64_t>(kWidest, frame.width))),
            frame.height};
}

bool isFullRange(const AVFrame& frame) {
    return frame.color_range == AVCOL_RANGE_JPEG || frame.format == AV_PIX_FMT_YUVJ420P || isRgb(frame);
}

}  // namespace

AvPictureConverter::~AvPictureConverter() {
    sws_freeContext(scaler_);
}

std::shared_ptr<VideoFrame> AvPictureConverter::convert(AvFramePtr frame) {
    if (frame->width < kMinimumFrame.width || frame->height < kMinimumFrame.height) return nullptr;
    const bool isSquare = frame->sample_aspect_ratio.num == frame->sample_aspect_ratio.den;
    if (!isI420(*frame) || (!isSquare && frame->sample_aspect_ratio.num > 0)) return scale(*frame);
    auto picture = std::make_shared<VideoFrame>();
    picture->size = {frame->width, frame->height};
    picture->matrix = matrixOf(*frame);
    picture->range = isFullRange(*frame) ? ColorRange::Full : ColorRange::Limited;
    for (std::size_t plane = 0; plane < 3; ++plane)
        picture->planes[plane] = {frame->data[plane], frame->linesize[plane]};
    picture->owner = std::shared_ptr<AVFrame>(std::move(frame));
    return picture;
}

std::shared_ptr<VideoFrame> AvPictureConverter::scale(const AVFrame& frame) {
    const bool isSquare = frame.sample_aspect_ratio.num == frame.sample_aspect_ratio.den;
    const Size size = isSquare ? Size{frame.width, frame.height} : displaySize(frame);
    scaler_ =
        sws_getCachedContext(scaler_, frame.width, frame.height, static_cast<AVPixelFormat>(frame.format), size.width,
                             size.height, AV_PIX_FMT_YUV420P, SWS_BILINEAR, nullptr, nullptr, nullptr);
    if (!scaler_) return nullptr;
    const ColorMatrix matrix = matrixOf(frame);
    const int* coefficients = sws_getCoefficients(matrix == ColorMatrix::Bt709 ? SWS_CS_ITU709 : SWS_CS_ITU601);
    sws_setColorspaceDetails(scaler_, coefficients, isFullRange(frame) ? 1 : 0, coefficients, 0, 0, 1 << 16, 1 << 16);
    if (!pool_ || pool_->size() != size) pool_ = std::make_unique<FramePool>(size);
    WritableFrame picture = pool_->take();
    picture.frame->matrix = matrix;
    const int strides[3] = {picture.frame->planes[0].stride, picture.frame->planes[1].stride,
                            picture.frame->planes[2].stride};
    if (sws_scale(scaler_, frame.data, frame.linesize, 0, frame.height, picture.data.data(), strides) != size.height)
        return nullptr;
    return picture.frame;
}

AvSoundConverter::~AvSoundConverter() {
    swr_free(&resampler_);
}

void AvSoundConverter::reset() {
    swr_free(&resampler_);
}

std::vector<float> AvSoundConverter::convert(const AVFrame& frame, Duration& delay) {
    const bool isSame =
        rate_ == frame.sample_rate && channels_ == frame.ch_layout.nb_channels && format_ == frame.format;
    if (!resampler_ || !isSame) {
        swr_free(&resampler_);
        AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
        const int made = swr_alloc_set_opts2(&resampler_, &stereo, AV_SAMPLE_FMT_FLT, kSampleRate,
                                             const_cast<AVChannelLayout*>(&frame.ch_layout),
                                             static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0, nullptr);
        if (made < 0 || swr_init(resampler_) < 0) {
            swr_free(&resampler_);
            return {};
        }
        rate_ = frame.sample_rate;
        channels_ = frame.ch_layout.nb_channels;
        format_ = frame.format;
    }
    delay = Duration(swr_get_delay(resampler_, kNanosecondsPerSecond));
    const int room = swr_get_out_samples(resampler_, frame.nb_samples);
    if (room <= 0) return {};
    std::vector<float> samples(static_cast<std::size_t>(room) * kAudioChannels);
    auto* out = reinterpret_cast<std::uint8_t*>(samples.data());
    const int written =
        swr_convert(resampler_, &out, room, const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
    samples.resize(static_cast<std::size_t>(std::max(written, 0)) * kAudioChannels);
    return samples;
}

}  // namespace tessera
