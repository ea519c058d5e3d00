#pragma once

#include <memory>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/media/device_picture.h"

#include "gpu/cuda_device.h"
#include "gpu/cuda_fence.h"

namespace tessera {

/// An NV12 picture in a device's memory and the fence that says when its samples are there.
///
/// Whoever reads it holds the FramePtr until its own work on the device is done, and lets its stream wait for `ready`
/// before. Planes start at multiples of 256 bytes, and so do rows.
class CudaPicture final : public DevicePicture {
public:
    CudaPicture(std::shared_ptr<CudaDevice> device, std::shared_ptr<const CudaBlock> block,
                std::shared_ptr<CudaFence> ready)
        : device_(std::move(device)), block_(std::move(block)), ready_(std::move(ready)) {}

    CudaDevice& device() const { return *device_; }
    CudaFence& ready() const { return *ready_; }

    Result<FramePtr> toHost(const VideoFrame& frame) const override;

private:
    Result<FramePtr> download(const VideoFrame& frame) const;

    // State
    std::shared_ptr<CudaDevice> device_;
    std::shared_ptr<const CudaBlock> block_;
    std::shared_ptr<CudaFence> ready_;
    mutable Mutex mutex_;
    mutable FramePtr copy_ GUARDED_BY(mutex_);
};

/// The device's side of a frame: null when it lies in host memory.
inline const CudaPicture* cudaPicture(const VideoFrame& frame) {
    return frame.memory == MemoryKind::Cuda ? static_cast<const CudaPicture*>(frame.device.get()) : nullptr;
}

/// A picture on the device that its only holder fills, until it is published as a FramePtr.
struct WritableCudaFrame {
    std::shared_ptr<VideoFrame> frame;
    std::shared_ptr<CudaPicture> picture;
    CUdeviceptr luma = 0;
    CUdeviceptr chroma = 0;  ///< U and V interleaved, half the rows
    std::size_t pitch = 0;   ///< bytes, of both planes

    /// Queue the work that fills it on `stream`, then publish: nobody writes it any more.
    /// @error device
    Result<FramePtr> publish(CUstream stream) &&;
};

/// Pictures of one size on one device. At most so many are in use at once: a consumer that keeps them makes `take`
/// fail, not the memory grow.
/// @thread any
class CudaFramePool {
public:
    CudaFramePool(std::shared_ptr<CudaDevice> device, Size size, int limit);

    Size size() const { return size_; }

    /// @error capacity: all are in use, or no memory is left; device
    Result<WritableCudaFrame> take();

    /// Pictures that somebody holds now.
    int inUse() const;

private:
    struct Count;

    // State
    std::shared_ptr<CudaDevice> device_;
    Size size_;
    int limit_;
    std::shared_ptr<Count> count_;
};

}  // namespace tessera
