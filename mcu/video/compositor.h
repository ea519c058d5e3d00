#pragma once

#include <memory>
#include <span>

#include "mcu/base/result.h"
#include "mcu/media/video_frame.h"
#include "mcu/scene/composition.h"

namespace tessera {

/// Draws compositions. One object per mixer; not shared between threads.
class Compositor {
public:
    virtual ~Compositor() = default;

    /// Draws one composition into a new frame.
    ///
    /// @param composition  even rectangles inside the canvas
    /// @param frames       newest frame per source, indexed by Layer::source; null = nothing to show yet.
    ///                     I420 host, any size from 16x16, strides in bytes, BT.709 or BT.601, limited or full range
    /// @param pts          of the new frame: the tick's time
    /// @return             I420 frame of composition.canvas pixels, BT.709 limited range
    /// @error              device: the backend was lost; the caller replaces the compositor
    /// @thread             video-tick; no allocation once every size pair has been seen
    virtual Result<FramePtr> compose(const Composition& composition, std::span<const FramePtr> frames,
                                     MediaTime pts) = 0;
};

/// Quality of scaling; a cheaper one is for load shedding.
enum class ScaleFilter { CatmullRom, Area, Bilinear };

/// The CPU backend: the plain reference, which every faster backend equals bit for bit (docs/compositor.md).
std::unique_ptr<Compositor> createCpuCompositor(ScaleFilter filter = ScaleFilter::CatmullRom);

}  // namespace tessera
