#pragma once

#include <memory>
#include <vector>

#include "mcu/base/stats.h"
#include "mcu/video/compositor.h"
#include "mcu/video/view_transition.h"

namespace tessera {

/// What one view keeps between ticks: its compositor and its reused buffers. Only the video tick draws with it; its
/// statistics may be read by any thread.
struct View {
    explicit View(std::unique_ptr<Compositor> backend) : compositor(std::move(backend)) {}

    // Owned, touched by video-tick alone
    std::unique_ptr<Compositor> compositor;
    ResolveScratch scratch;
    Composition composition;
    ViewTransition transition;
    std::vector<FramePtr> frames;  ///< what the composition's sources index: those of the stage, and of who left it
    Duration spent{};              ///< on the picture that is being drawn

    // Read by any thread
    Counter framesComposed;
    Counter composeErrors;
    Histogram composeUs;  ///< microseconds of resolve, submit and collect together
};

}  // namespace tessera
