#pragma once

#include <optional>

#include "mcu/media/frame_pool.h"
#include "mcu/scene/composition.h"
#include "mcu/video/canvas.h"
#include "mcu/video/corner_coverage.h"
#include "mcu/video/picture_turner.h"
#include "mcu/video/plane_scaler.h"
#include "mcu/video/scale_table_cache.h"

namespace tessera {

/// Draws one layer at a time onto a canvas and keeps what that needs: scale tables, corners, rows in between.
/// @thread of its owner; allocates only for sizes and radii that it did not see before
class LayerPainter {
public:
    explicit LayerPainter(const PixelKernels& kernels) : kernels_(kernels), scaler_(kernels) {}

    /// Lets tables go that were not used for long.
    void startFrame() { tables_.startFrame(); }

    /// Draws as much of the layer as lies in the canvas' clip.
    /// @param frame  I420 in host memory; null = placeholder
    void paint(const Canvas& canvas, const Layer& layer, const VideoFrame* frame);

private:
    void paintOpaque(const Canvas& canvas, const Layer& layer, const VideoFrame* frame);
    void paintPicture(const Canvas& canvas, const Layer& layer, const VideoFrame& frame);
    void paintBorder(const Canvas& canvas, const Layer& layer);
    const CornerCoverage* cornerOf(int radius) { return radius > 0 ? &corners_.find(radius) : nullptr; }
    Canvas belowOf(Size size);

    // Borrowed
    const PixelKernels& kernels_;
    // State
    ScaleTableCache tables_;
    PlaneScaler scaler_;
    PictureTurner turner_;
    CornerCoverageCache corners_;
    std::optional<FramePool> belowPool_;
    WritableFrame below_;  ///< what lay under the layer that is being drawn
};

}  // namespace tessera
