#pragma once

#include <memory>

#include "mcu/media/frame_pool.h"

namespace tessera {

/// Makes whole pictures of interlaced ones, at their rate: the lines of the first field stay, each line of the second
/// is kept where nothing moves, and interpolated from its neighbours where something does. Not thread-safe.
/// @source G. de Haan, E. B. Bellers, "Deinterlacing - an overview", Proc. IEEE 86(9), 1998, section III (motion
///         adaptive)
class Deinterlacer {
public:
    /// @param picture        I420 in host memory
    /// @param topFieldFirst  which field is the earlier one
    /// @return               a picture of its own, with the pts and colours of `picture`
    std::shared_ptr<VideoFrame> apply(const FramePtr& picture, bool topFieldFirst);

    /// Forgets the picture before.
    void reset() { before_.reset(); }

private:
    FramePtr before_;
    std::unique_ptr<FramePool> pool_;
};

}  // namespace tessera
