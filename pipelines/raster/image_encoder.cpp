#include "pipelines/raster/image_encoder.h"

extern "C" {
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <array>
#include <memory>

#include "pipelines/av/av_ptr.h"

namespace tessera {
namespace {

/// Of MJPEG, 2 (best) to 31: not to be told from the original at usual viewing distances, a tenth of PNG's bytes.
constexpr int kJpegQuality = 3;

struct ScalerDeleter {
    void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

/// Both even, as 4:2:0 wants.
Size scaledTo(Size size, int width) {
    if (width <= 0 || width >= size.width) return size;
    const auto height = static_cast<std::int64_t>(size.height) * width / size.width;
    return {std::max(2, width / 2 * 2), std::max(2, static_cast<int>(height) / 2 * 2)};
}

Result<AvFramePtr> converted(const VideoFrame& frame, AVPixelFormat target, Size size) {
    AvFramePtr out(av_frame_alloc());
    if (!out) return internalError("out of memory");
    out->format = target;
    out->width = size.width;
    out->height = size.height;
    out->color_range = AVCOL_RANGE_JPEG;
    if (av_frame_get_buffer(out.get(), 0) < 0) return internalError("out of memory");

    const auto source = frame.format == PixelFormat::I420 ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_NV12;
    const std::unique_ptr<SwsContext, ScalerDeleter> scaler(
        sws_getContext(frame.size.width, frame.size.height, source, out->width, out->height, target,
                       SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr));
    if (!scaler) return internalError("a picture cannot be converted for an image file");
    const int matrix = frame.matrix == ColorMatrix::Bt709 ? SWS_CS_ITU709 : SWS_CS_ITU601;
    constexpr int kOne = 1 << 16;
    sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(matrix), frame.range == ColorRange::Full ? 1 : 0,
                             sws_getCoefficients(SWS_CS_ITU601), 1, 0, kOne, kOne);

    std::array<const std::uint8_t*, 4> planes{};
    std::array<int, 4> strides{};
    for (std::size_t i = 0; i < frame.planes.size(); ++i) {
        planes[i] = frame.planes[i].data;
        strides[i] = frame.planes[i].stride;
    }
    sws_scale(scaler.get(), planes.data(), strides.data(), 0, frame.size.height, out->data, out->linesize);
    return out;
}

}  // namespace

Result<std::vector<std::uint8_t>> encodeImage(const VideoFrame& frame, ImageFormat format, int width) {
    initAv();
    if (frame.memory != MemoryKind::Host) return unsupported("a picture in a device's memory is brought back first");
    const bool isJpeg = format == ImageFormat::Jpeg;
    const AVCodec* codec = avcodec_find_encoder(isJpeg ? AV_CODEC_ID_MJPEG : AV_CODEC_ID_PNG);
    if (codec == nullptr) return internalError("libavcodec has no encoder for image files");
    auto picture = converted(frame, isJpeg ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_RGB24, scaledTo(frame.size, width));
    if (!picture) return picture.error();

    const AvCodecContextPtr encoder(avcodec_alloc_context3(codec));
    const AvPacketPtr packet(av_packet_alloc());
    if (!encoder || !packet) return internalError("out of memory");
    encoder->width = (*picture)->width;
    encoder->height = (*picture)->height;
    encoder->pix_fmt = static_cast<AVPixelFormat>((*picture)->format);
    encoder->color_range = AVCOL_RANGE_JPEG;
    encoder->time_base = {1, 1};
    encoder->thread_count = 1;
    if (isJpeg) {
        encoder->flags |= AV_CODEC_FLAG_QSCALE;
        encoder->global_quality = kJpegQuality * FF_QP2LAMBDA;
        (*picture)->quality = encoder->global_quality;
    }
    int code = avcodec_open2(encoder.get(), codec, nullptr);
    if (code >= 0) code = avcodec_send_frame(encoder.get(), picture->get());
    if (code >= 0) code = avcodec_receive_packet(encoder.get(), packet.get());
    if (code < 0) return internalError("an image file could not be encoded: " + avErrorText(code));
    return std::vector<std::uint8_t>(packet->data, packet->data + packet->size);
}

}  // namespace tessera
