#pragma once

#include <memory>
#include <span>

#include "mcu/base/result.h"
#include "mcu/media/video_frame.h"
#include "mcu/scene/composition.h"

namespace tessera {

struct PixelKernels;

/// What a compositor did so far.
struct CompositorStats {
    std::uint64_t layersDrawn = 0;
    std::uint64_t layersKept = 0;  ///< were on the canvas already, or hidden
};

/// Draws compositions. One object per view; not shared between threads.
///
/// `submit` hands over what is to be drawn, `collect` gives the picture. A mixer submits every view of a tick before it
/// collects the first, so that a backend with a queue draws them together.
class Compositor {
public:
    virtual ~Compositor() = default;

    /// Begins to draw one composition into a new frame. Until `collect` returns, the composition, its overlays and the
    /// frames stay as they are; another `submit` before that forgets the first.
    ///
    /// @param composition  even rectangles inside the canvas
    /// @param frames       newest frame per source, indexed by Layer::source; null = nothing to show yet.
    ///                     I420 host, any size from 16x16, strides in bytes, BT.709 or BT.601, limited or full range;
    ///                     those of a kind that the backend cannot read count as null
    /// @param pts          of the new frame: the tick's time
    /// @thread             video-tick; no allocation once every size pair has been seen
    virtual void submit(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) = 0;

    /// Ends what `submit` began.
    ///
    /// @return  I420 frame of composition.canvas pixels, BT.709 limited range; its id is that of the picture before
    ///          when nothing changed
    /// @error   device: the backend was lost; the caller replaces the compositor
    /// @thread  video-tick
    virtual Result<FramePtr> collect() = 0;

    /// @thread video-tick
    virtual CompositorStats stats() const { return {}; }

    /// Both at once.
    Result<FramePtr> compose(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) {
        submit(composition, frames, pts);
        return collect();
    }
};

/// The CPU backend: the plain reference, which every faster backend equals bit for bit (docs/compositor.md).
/// @param kernels  outlives the compositor; without one the fastest that this processor runs
std::unique_ptr<Compositor> createCpuCompositor();
std::unique_ptr<Compositor> createCpuCompositor(const PixelKernels& kernels);

}  // namespace tessera
