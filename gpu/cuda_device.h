#pragma once

#include <cstddef>
#include <memory>

#include "mcu/media/video_frame.h"

#include "gpu/cuda_context.h"
#include "gpu/cuda_memory.h"

namespace tessera {

/// How much of a device may be used.
struct CudaLimits {
    std::size_t memoryBytes = std::size_t{8} << 30;     ///< for pictures; decoders' surfaces come on top
    std::size_t pinnedBytes = std::size_t{1} << 30;     ///< host memory for transfers
    std::size_t reserveBytes = std::size_t{512} << 20;  ///< left free on the device: below it nothing new begins
};

/// One device in use: its context, its memory and the stream for copies to the host. One object per device and process.
/// @thread any
class CudaDevice {
public:
    /// @error as CudaContext::create; capacity: less than the reserve is free
    static Result<std::shared_ptr<CudaDevice>> open(std::shared_ptr<const CudaDriver> driver, int index,
                                                    const CudaLimits& limits);
    ~CudaDevice();
    CudaDevice(const CudaDevice&) = delete;
    CudaDevice& operator=(const CudaDevice&) = delete;

    CudaContext& context() const { return *context_; }
    const std::shared_ptr<CudaContext>& sharedContext() const { return context_; }
    CudaMemory& memory() { return memory_; }
    CudaMemory& pinned() { return pinned_; }
    bool isLost() const { return context_->isLost(); }

    /// True while another user may begin: the device is there, and more of its memory is free than the reserve and
    /// `bytes`.
    bool hasRoom(std::size_t bytes = 0) const;

    /// For copies to the host, each followed by a fence that its caller waits for.
    CUstream downloadStream() const { return download_; }

private:
    CudaDevice(std::shared_ptr<CudaContext> context, const CudaLimits& limits);

    // State
    std::shared_ptr<CudaContext> context_;
    CudaLimits limits_;
    CudaMemory memory_;
    CudaMemory pinned_;
    CUstream download_ = nullptr;
};

}  // namespace tessera
