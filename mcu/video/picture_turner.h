#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "mcu/media/video_frame.h"

namespace tessera {

/// Turns and mirrors the planes of a picture sample by sample, so that what follows need not know of orientations.
/// @thread of its owner; allocates only while pictures grow
class PictureTurner {
public:
    /// @param frame  host memory, I420
    /// @return       planes of the turned picture, orientation.apply(size) luma samples; strides may be negative. They
    ///               lie in `frame` or in this object and are valid until the next call.
    std::array<Plane, 3> turn(const VideoFrame& frame, Orientation orientation);

private:
    // State
    std::array<std::vector<std::uint8_t>, 3> samples_;
};

}  // namespace tessera
