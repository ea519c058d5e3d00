#include "gpu/cuda_picture.h"

#include <array>

namespace tessera {
namespace {

/// Bytes of a row on the device; what NVENC and `cuMemcpy2D` like best.
constexpr std::size_t pitchOf(int width) {
    return (static_cast<std::size_t>(width) + 255) / 256 * 256;
}

constexpr std::size_t rowsOf(int height) {
    return static_cast<std::size_t>(height) + static_cast<std::size_t>((height + 1) / 2);
}

/// Plane addresses on the device as the frame carries them.
const std::uint8_t* asPlane(CUdeviceptr address) {
    return reinterpret_cast<const std::uint8_t*>(address);
}

CUDA_MEMCPY2D copyToHost(const Plane& plane, std::uint8_t* target, std::size_t pitch, Size bytes) {
    CUDA_MEMCPY2D copy{};
    copy.srcMemoryType = CU_MEMORYTYPE_DEVICE;
    copy.srcDevice = reinterpret_cast<CUdeviceptr>(plane.data);
    copy.srcPitch = static_cast<std::size_t>(plane.stride);
    copy.dstMemoryType = CU_MEMORYTYPE_HOST;
    copy.dstHost = target;
    copy.dstPitch = pitch;
    copy.WidthInBytes = static_cast<std::size_t>(bytes.width);
    copy.Height = static_cast<std::size_t>(bytes.height);
    return copy;
}

/// Takes U and V apart.
void deinterleave(const std::uint8_t* pairs, std::size_t pitch, Size chroma, const std::array<std::uint8_t*, 2>& out) {
    const auto stride = static_cast<std::ptrdiff_t>(pitch / 2);
    for (int y = 0; y < chroma.height; ++y) {
        const std::uint8_t* row = pairs + static_cast<std::size_t>(y) * pitch;
        std::uint8_t* u = out[0] + y * stride;
        std::uint8_t* v = out[1] + y * stride;
        for (int x = 0; x < chroma.width; ++x) {
            u[x] = row[2 * x];
            v[x] = row[2 * x + 1];
        }
    }
}

}  // namespace

Result<FramePtr> CudaPicture::toHost(const VideoFrame& frame) const {
    Lock lock(mutex_);
    if (!copy_) {
        auto copied = download(frame);
        if (!copied) return copied;
        copy_ = *copied;
    }
    if (copy_->pts == frame.pts) return copy_;
    auto again = std::make_shared<VideoFrame>(*copy_);  // an unchanged picture that is shown once more
    again->pts = frame.pts;
    return FramePtr(std::move(again));
}

Result<FramePtr> CudaPicture::download(const VideoFrame& frame) const {
    CudaContext& context = device_->context();
    if (context.isLost()) return Error{ErrorCode::Device, "the GPU was lost, and this picture with it", {}};
    const CudaScope scope(context);
    const Size chroma = chromaSize(frame.size);
    const std::size_t pitch = pitchOf(frame.size.width);
    const std::size_t lumaBytes = pitch * static_cast<std::size_t>(frame.size.height);
    const std::size_t chromaBytes = pitch * static_cast<std::size_t>(chroma.height);
    auto block = device_->pinned().take(lumaBytes + 2 * chromaBytes);
    if (!block) return block.error();
    std::uint8_t* luma = (*block)->host;
    std::uint8_t* planar = luma + lumaBytes;
    std::uint8_t* pairs = planar + chromaBytes;

    CUstream stream = device_->downloadStream();
    TESSERA_TRY(ready_->holdBack(stream));
    const CUDA_MEMCPY2D copies[] = {
        copyToHost(frame.planes[0], luma, pitch, frame.size),
        copyToHost(frame.planes[1], pairs, pitch, {2 * chroma.width, chroma.height}),
    };
    for (const CUDA_MEMCPY2D& copy : copies) {
        TESSERA_TRY(context.check(context.calls().cuMemcpy2DAsync(&copy, stream), "cuMemcpy2DAsync"));
    }
    auto done = CudaFence::create(device_->sharedContext());
    if (!done) return done.error();
    TESSERA_TRY((*done)->record(stream));
    TESSERA_TRY((*done)->wait());

    auto host = std::make_shared<VideoFrame>(frame);
    host->format = PixelFormat::I420;
    host->memory = MemoryKind::Host;
    host->device = nullptr;
    const int stride = static_cast<int>(pitch);
    std::uint8_t* v = planar + pitch / 2 * static_cast<std::size_t>(chroma.height);
    host->planes = {Plane{luma, stride}, Plane{planar, stride / 2}, Plane{v, stride / 2}};
    host->owner = *block;
    deinterleave(pairs, pitch, chroma, {planar, v});
    return FramePtr(std::move(host));
}

Result<FramePtr> WritableCudaFrame::publish(CUstream stream) && {
    TESSERA_TRY(picture->ready().record(stream));
    return FramePtr(std::move(frame));
}

struct CudaFramePool::Count {
    Mutex mutex;
    int inUse GUARDED_BY(mutex) = 0;
};

CudaFramePool::CudaFramePool(std::shared_ptr<CudaDevice> device, Size size, int limit)
    : device_(std::move(device)), size_(size), limit_(limit), count_(std::make_shared<Count>()) {}

Result<WritableCudaFrame> CudaFramePool::take() {
    {
        Lock lock(count_->mutex);
        if (count_->inUse >= limit_) return Error{ErrorCode::Capacity, "all pictures of a GPU pool are in use", {}};
        ++count_->inUse;
    }
    // Ends with the picture's last reference, or with this function when it fails.
    const std::shared_ptr<const void> place(nullptr, [count = count_](const void*) {
        Lock lock(count->mutex);
        --count->inUse;
    });
    WritableCudaFrame result;
    result.pitch = pitchOf(size_.width);
    auto block = device_->memory().take(result.pitch * rowsOf(size_.height));
    if (!block) return block.error();
    auto ready = CudaFence::create(device_->sharedContext());
    if (!ready) return ready.error();
    result.luma = (*block)->device;
    result.chroma = result.luma + result.pitch * static_cast<std::size_t>(size_.height);
    result.picture = std::make_shared<CudaPicture>(device_, std::move(*block), std::move(*ready));
    result.frame = std::make_shared<VideoFrame>();
    result.frame->size = size_;
    result.frame->format = PixelFormat::Nv12;
    result.frame->memory = MemoryKind::Cuda;
    const int stride = static_cast<int>(result.pitch);
    result.frame->planes = {Plane{asPlane(result.luma), stride}, Plane{asPlane(result.chroma), stride}, Plane{}};
    result.frame->owner = place;
    result.frame->device = result.picture;
    return result;
}

int CudaFramePool::inUse() const {
    Lock lock(count_->mutex);
    return count_->inUse;
}

}  // namespace tessera
