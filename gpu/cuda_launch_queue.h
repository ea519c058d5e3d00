#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"

#include "gpu/cuda_picture.h"
#include "gpu/cuda_uploads.h"
#include "gpu/kernel/layer_table.h"

namespace tessera {

/// One canvas to be drawn by the next launch.
struct CudaJob {
    kernel::CanvasRow canvas;
    std::vector<kernel::LayerRow> layers;
    WritableCudaFrame target;
    std::vector<std::shared_ptr<const void>> held;  ///< what the launch reads, until it is done

    std::optional<Result<FramePtr>> result;  ///< once launched; touched by the queue alone
};

/// The one compositing stream of a device. Draws every canvas that waits in one launch: whoever asks first launches for
/// all, and nobody waits for the device.
/// @thread any
class CudaLaunchQueue {
public:
    /// @param kernels  fatbin with the kernel `composeTiles`
    /// @error unsupported: the image has no code for this device; capacity, device: CUDA's
    static Result<std::shared_ptr<CudaLaunchQueue>> create(std::shared_ptr<CudaDevice> device,
                                                           std::span<const std::uint8_t> kernels);
    ~CudaLaunchQueue();
    CudaLaunchQueue(const CudaLaunchQueue&) = delete;
    CudaLaunchQueue& operator=(const CudaLaunchQueue&) = delete;

    CudaDevice& device() { return *device_; }
    const std::shared_ptr<CudaDevice>& sharedDevice() const { return device_; }
    CudaUploads& uploads() { return uploads_; }
    CUstream stream() const { return stream_; }

    /// Lets the job wait for the next launch. Its uploads are queued already.
    void submit(const std::shared_ptr<CudaJob>& job);

    /// Forgets a job that was not collected.
    void cancel(const std::shared_ptr<CudaJob>& job);

    /// @return the job's picture, whose fence says when it is drawn
    /// @error capacity: the device is far behind; device: the launch failed, which costs this picture
    Result<FramePtr> collect(const std::shared_ptr<CudaJob>& job);

    /// Lets go of what finished launches read. Called by every launch, and useful when there will be none.
    void reap();

    // Read by any thread
    Counter launches;
    Counter canvases;  ///< drawn by them

private:
    using Jobs = std::vector<std::shared_ptr<CudaJob>>;
    struct Launched {
        std::shared_ptr<CudaFence> done;
        std::vector<std::shared_ptr<const void>> held;
    };

    CudaLaunchQueue(std::shared_ptr<CudaDevice> device, CUstream stream)
        : device_(std::move(device)), stream_(stream), uploads_(device_, stream_) {}
    Status loadKernel(std::span<const std::uint8_t> kernels);
    std::vector<Result<FramePtr>> launch(const Jobs& jobs);
    Status launchTogether(const Jobs& jobs);
    Status copyTable(const Jobs& jobs, kernel::LaunchTable& table, unsigned& tiles, Launched& launched);
    Status start(const kernel::LaunchTable& table, unsigned tiles);

    // State
    std::shared_ptr<CudaDevice> device_;
    CUstream stream_;
    CudaUploads uploads_;
    CUmodule module_ = nullptr;
    CUfunction function_ = nullptr;
    Mutex mutex_;
    CondVar launchEnded_;
    bool launching_ GUARDED_BY(mutex_) = false;
    Jobs waiting_ GUARDED_BY(mutex_);
    std::deque<Launched> launched_ GUARDED_BY(mutex_);
};

}  // namespace tessera
