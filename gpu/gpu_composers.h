#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/base/task_queue.h"

#include "gpu/cuda_launch_queue.h"

namespace tessera {

/// One composing device, now.
struct GpuComposerState {
    CudaDeviceInfo device;
    int meetings = 0;
    std::uint64_t launches = 0;
    std::uint64_t canvases = 0;
    std::uint64_t picturesFailed = 0;
};

/// A device that composes.
struct GpuComposer {
    std::shared_ptr<CudaLaunchQueue> queue;
    Counter picturesFailed;  ///< whatever was done about them
    CudaDevice& device() const { return queue->device(); }
};

/// The devices that pictures are composed on, and which meeting is on which. A device that is lost stays in the list
/// and gets no more work.
/// @thread any
class GpuComposers {
public:
    /// Loads the kernel on each device, and hears from then on when one is lost, one that does not compose too.
    static std::shared_ptr<GpuComposers> open(const std::vector<std::shared_ptr<CudaDevice>>& devices,
                                              std::span<const std::uint8_t> kernels);
    ~GpuComposers();

    /// The device of a meeting: always the same while somebody holds the answer, else the one with most free memory.
    /// @return null when no device works or has room
    std::shared_ptr<GpuComposer> place(std::string_view meeting);

    std::vector<GpuComposerState> states() const;

    /// Why a device does not compose, a sentence each.
    const std::vector<std::string>& reasons() const { return reasons_; }

    /// Hears of each device that is lost from now on. @param hear  called on a thread of its own, with the device's
    /// number
    void onLoss(std::function<void(int device, const std::string& reason)> hear) EXCLUDES(mutex_);

    /// Devices lost since the start.
    Counter devicesLost;

private:
    struct Placement;
    GpuComposers() = default;
    void watch(CudaContext& context);

    // State
    std::vector<std::shared_ptr<CudaDevice>> devices_;
    std::vector<std::shared_ptr<GpuComposer>> composers_;
    std::vector<std::string> reasons_;
    mutable Mutex mutex_;
    std::map<std::string, std::weak_ptr<Placement>, std::less<>> placements_ GUARDED_BY(mutex_);
    std::function<void(int, const std::string&)> hear_ GUARDED_BY(mutex_);
    TaskQueue events_{"gpu-events"};
};

}  // namespace tessera
