#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "mcu/scene/composition.h"
#include "mcu/video/picture_placement.h"
#include "mcu/video/scale_table_cache.h"

#include "gpu/cuda_launch_queue.h"

namespace tessera {

/// Turns compositions into layer rows and sees to it that everything they point to is on the device.
/// @thread of its owner
class LayerBuilder {
public:
    explicit LayerBuilder(std::shared_ptr<CudaLaunchQueue> queue) : queue_(std::move(queue)) {}

    /// Fills `job.layers` and `job.held`; needs a CudaScope.
    /// @error unsupported: more layers than a launch takes; capacity, device: an upload failed
    Status build(const Composition& composition, std::span<const FramePtr> frames, CudaJob& job);

    /// Ids of the pictures that the last `build` read, in the order of its layers.
    std::span<const std::uint64_t> pictureIds() const { return pictureIds_; }

private:
    struct Held {
        UploadPtr upload;
        std::uint64_t lastUsed = 0;
    };

    Status addLayer(const Layer& layer, const FramePtr& frame, CudaJob& job);
    Status addOverlay(const PlacedOverlay& placed, const Rect& canvas, CudaJob& job);
    Status setPicture(const Layer& layer, const FramePtr& given, CudaJob& job, kernel::LayerRow& row);
    Status setPlanes(const FramePtr& frame, Orientation orientation, CudaJob& job, kernel::LayerRow& row);
    Status setAxis(const AxisMapping& mapping, ScaleFilter filter, CudaJob& job, kernel::AxisRow& row);
    Status setOverlay(const Overlay& overlay, int x, int y, CudaJob& job, kernel::OverlayRow& row);
    Status setCorner(int radius, CudaJob& job, const kernel::Sample** coverage);
    FramePtr readable(const FramePtr& frame) const;
    Result<UploadPtr> upload(const UploadKey& key, std::size_t bytes, const std::function<void(std::uint8_t*)>& fill,
                             CudaJob& job);
    void forgetUnused();

    // Owned
    std::shared_ptr<CudaLaunchQueue> queue_;
    ScaleTableCache tables_;
    // State
    std::map<UploadKey, Held> uploads_;
    std::vector<std::uint64_t> pictureIds_;
    std::uint64_t builds_ = 0;
};

}  // namespace tessera
