#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mcu/base/sync.h"

#include "gpu/cuda_driver.h"

namespace tessera {

/// The primary context of one device, shared by everything of the process that uses it: decoders, the compositor,
/// encoders. Waiting threads sleep (blocking sync). A sticky error latches: the device counts as lost from then on.
///
/// Every thread that calls CUDA holds a CudaScope meanwhile.
/// @thread any
class CudaContext {
public:
    /// @param index  of the device, as the driver counts
    /// @error invalid_argument: no such device; capacity: no memory for a context; device: any other of CUDA's
    static Result<std::shared_ptr<CudaContext>> create(std::shared_ptr<const CudaDriver> driver, int index);

    ~CudaContext();
    CudaContext(const CudaContext&) = delete;
    CudaContext& operator=(const CudaContext&) = delete;

    const CudaCalls& calls() const { return driver_->calls(); }
    const CudaDriver& driver() const { return *driver_; }
    const CudaDeviceInfo& device() const { return device_; }
    CUcontext handle() const { return handle_; }

    /// Turns the answer of a call into a Status, and a sticky error into the loss of the device.
    /// @param call  the function's name, for the message
    Status check(CUresult code, const char* call);

    /// True once a sticky error was seen; never false again.
    bool isLost() const { return lost_.load(std::memory_order_acquire); }

    /// The first sticky error in words; empty before.
    std::string lossReason() const;

    /// Calls `listener` once, with the reason, on the thread that sees the loss; null for nobody. It must not block.
    void setLossListener(std::function<void(const std::string&)> listener);

    /// Bytes of device memory that are free now; 0 when the device does not say. Needs no CudaScope.
    std::size_t freeBytes();

    /// A stream that does not wait for the legacy default stream. Destroy it by `cuStreamDestroy` under a CudaScope.
    Result<CUstream> createStream();

private:
    CudaContext(std::shared_ptr<const CudaDriver> driver, CudaDeviceInfo device)
        : driver_(std::move(driver)), device_(std::move(device)) {}
    Status retain();

    // State
    std::shared_ptr<const CudaDriver> driver_;
    CudaDeviceInfo device_;
    CUdevice id_ = 0;
    CUcontext handle_ = nullptr;
    std::atomic<bool> lost_{false};
    mutable Mutex mutex_;
    std::string lossReason_ GUARDED_BY(mutex_);
    std::function<void(const std::string&)> lossListener_ GUARDED_BY(mutex_);
};

/// Makes a context current on this thread for as long as it lives; may be nested.
class CudaScope {
public:
    explicit CudaScope(const CudaContext& context) : calls_(context.calls()) {
        pushed_ = calls_.cuCtxPushCurrent(context.handle()) == CUDA_SUCCESS;
    }
    ~CudaScope() {
        CUcontext popped = nullptr;
        if (pushed_) calls_.cuCtxPopCurrent(&popped);
    }
    CudaScope(const CudaScope&) = delete;
    CudaScope& operator=(const CudaScope&) = delete;

private:
    const CudaCalls& calls_;
    bool pushed_ = false;
};

}  // namespace tessera
