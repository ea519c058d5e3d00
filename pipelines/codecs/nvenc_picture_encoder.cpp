#include "pipelines/codecs/nvenc_picture_encoder.h"

#include <array>
#include <utility>

#include "gpu/cuda_picture.h"
#include "pipelines/av/av_ptr.h"

extern "C" {
#include <libavutil/hwcontext.h>
// Takes CUDA's types from ffnvcodec's header, which is included above.
#include <libavutil/hwcontext_cuda.h>
#include <libavutil/opt.h>
}

namespace tessera {
namespace {

struct AvBufferDeleter {
    void operator()(AVBufferRef* buffer) const { av_buffer_unref(&buffer); }
};
using AvBufferPtr = std::unique_ptr<AVBufferRef, AvBufferDeleter>;

Error avError(int code, const std::string& what) {
    const auto kind = code == AVERROR(ENOMEM) ? ErrorCode::Capacity : ErrorCode::Unsupported;
    return {kind, what + ": " + avErrorText(code), {}};
}

class NvencPictureEncoder final : public PictureEncoder {
public:
    NvencPictureEncoder(const VideoEncoderRow& row, const VideoEncodeSpec& spec, std::shared_ptr<CudaDevice> device,
                        OnEncoded onEncoded)
        : row_(row), spec_(spec), device_(std::move(device)), onEncoded_(std::move(onEncoded)) {}

    /// Opens a session for pictures of one memory kind: only that shows whether there is an encoder and a free session.
    Status open(MemoryKind memory) {
        encoder_.reset();
        const AVCodec* codec = avcodec_find_encoder_by_name(row_.element);
        if (codec == nullptr) return unsupported(std::string("libavcodec has no ") + row_.element);
        encoder_.reset(avcodec_alloc_context3(codec));
        TESSERA_CHECK(encoder_ != nullptr);
        TESSERA_TRY(configure());
        if (memory == MemoryKind::Cuda) TESSERA_TRY(useDeviceFrames());
        const CudaScope scope(device_->context());
        if (const int code = avcodec_open2(encoder_.get(), codec, nullptr); code < 0) {
            return avError(code, std::string(row_.element) + " opens no session");
        }
        memory_ = memory;
        return kOk;
    }

    Status encode(const FramePtr& frame, bool keyframe) override {
        if (device_->isLost()) return Error{ErrorCode::Device, "the GPU was lost", {}};
        const auto readable = onThisDeviceOrHost(frame);
        if (!readable) return kOk;  // its device was lost with it
        if ((*readable)->memory != memory_) TESSERA_TRY(open((*readable)->memory));
        if (const auto* picture = cudaPicture(**readable)) TESSERA_TRY(picture->ready().wait());
        const AvFramePtr wrapped = wrap(*readable, keyframe);
        const CudaScope scope(device_->context());
        if (const int code = avcodec_send_frame(encoder_.get(), wrapped.get()); code < 0) {
            return Error{ErrorCode::Device, avError(code, std::string(row_.element) + " fails").message, {}};
        }
        return takePackets();
    }

private:
    Result<FramePtr> onThisDeviceOrHost(const FramePtr& frame) const {
        const auto* picture = cudaPicture(*frame);
        return picture != nullptr && &picture->device() == device_.get() ? Result<FramePtr>(frame) : hostFrame(frame);
    }

    Status configure() {
        encoder_->width = spec_.size.width;
        encoder_->height = spec_.size.height;
        encoder_->pix_fmt = AV_PIX_FMT_YUV420P;
        encoder_->time_base = {1, 1'000'000'000};
        encoder_->framerate = {spec_.rate.num, spec_.rate.den};
        encoder_->bit_rate = std::int64_t{spec_.bitrateKbps} * 1000;
        encoder_->rc_max_rate = encoder_->bit_rate;
        encoder_->rc_buffer_size = static_cast<int>(encoder_->bit_rate * 6 / 10);  // 600 ms, as in software
        encoder_->max_b_frames = 0;
        encoder_->color_range = AVCOL_RANGE_MPEG;
        encoder_->colorspace = AVCOL_SPC_BT709;
        encoder_->color_primaries = AVCOL_PRI_BT709;
        encoder_->color_trc = AVCOL_TRC_BT709;
        for (const auto& property : row_.properties(spec_)) {
            const int code = av_opt_set(encoder_.get(), property.name, property.value.c_str(), AV_OPT_SEARCH_CHILDREN);
            if (code < 0) return avError(code, std::string(row_.element) + " takes no " + property.name);
        }
        return kOk;
    }

    /// Lets the encoder read NV12 pictures of our context; none is ever allocated by libavutil.
    Status useDeviceFrames() {
        AvBufferPtr device(av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_CUDA));
        if (!device) return unsupported("libavutil has no CUDA");
        auto* cuda = static_cast<AVCUDADeviceContext*>(reinterpret_cast<AVHWDeviceContext*>(device->data)->hwctx);
        cuda->cuda_ctx = device_->context().handle();
        if (const int code = av_hwdevice_ctx_init(device.get()); code < 0) return avError(code, "CUDA in libavutil");
        AvBufferPtr frames(av_hwframe_ctx_alloc(device.get()));
        auto* description = reinterpret_cast<AVHWFramesContext*>(frames->data);
        description->format = AV_PIX_FMT_CUDA;
        description->sw_format = AV_PIX_FMT_NV12;
        description->width = spec_.size.width;
        description->height = spec_.size.height;
        if (const int code = av_hwframe_ctx_init(frames.get()); code < 0) return avError(code, "CUDA in libavutil");
        encoder_->pix_fmt = AV_PIX_FMT_CUDA;
        encoder_->hw_frames_ctx = frames.release();
        return kOk;
    }

    AvFramePtr wrap(const FramePtr& frame, bool keyframe) const {
        AvFramePtr wrapped(av_frame_alloc());
        wrapped->format = encoder_->pix_fmt;
        wrapped->width = frame->size.width;
        wrapped->height = frame->size.height;
        wrapped->pts = frame->pts.time_since_epoch().count();
        wrapped->pict_type = keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
        for (std::size_t plane = 0; plane < frame->planes.size(); ++plane) {
            wrapped->data[plane] = const_cast<std::uint8_t*>(frame->planes[plane].data);
            wrapped->linesize[plane] = frame->planes[plane].stride;
        }
        // The encoder keeps a reference for as long as it reads the picture.
        wrapped->buf[0] = av_buffer_create(
            wrapped->data[0], 1, [](void* held, std::uint8_t*) { delete static_cast<FramePtr*>(held); },
            new FramePtr(frame), AV_BUFFER_FLAG_READONLY);
        if (encoder_->hw_frames_ctx != nullptr) wrapped->hw_frames_ctx = av_buffer_ref(encoder_->hw_frames_ctx);
        return wrapped;
    }

    Status takePackets() {
        const AvPacketPtr packet(av_packet_alloc());
        while (true) {
            const int code = avcodec_receive_packet(encoder_.get(), packet.get());
            if (code == AVERROR(EAGAIN)) return kOk;
            if (code < 0)
                return Error{ErrorCode::Device, avError(code, std::string(row_.element) + " fails").message, {}};
            onEncoded_({{packet->data, static_cast<std::size_t>(packet->size)},
                        MediaTime(Duration(packet->pts)),
                        (packet->flags & AV_PKT_FLAG_KEY) != 0});
            av_packet_unref(packet.get());
        }
    }

    // Borrowed
    const VideoEncoderRow& row_;
    // State
    VideoEncodeSpec spec_;
    std::shared_ptr<CudaDevice> device_;
    OnEncoded onEncoded_;
    AvCodecContextPtr encoder_;
    MemoryKind memory_ = MemoryKind::Cuda;
};

}  // namespace

Result<std::unique_ptr<PictureEncoder>> createNvencPictureEncoder(const VideoEncoderRow& row,
                                                                  const VideoEncodeSpec& spec,
                                                                  const std::shared_ptr<CudaDevice>& device,
                                                                  PictureEncoder::OnEncoded onEncoded) {
    initAv();
    if (!device) return unsupported("no GPU is in use");
    if (device->isLost()) return Error{ErrorCode::Device, "the GPU was lost", {}};
    auto encoder = std::make_unique<NvencPictureEncoder>(row, spec, device, std::move(onEncoded));
    TESSERA_TRY(encoder->open(MemoryKind::Cuda));
    return std::unique_ptr<PictureEncoder>(std::move(encoder));
}

}  // namespace tessera
