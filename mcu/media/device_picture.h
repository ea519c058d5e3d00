#pragma once

#include "mcu/base/result.h"
#include "mcu/media/video_frame.h"

namespace tessera {

/// What stands behind a picture whose planes lie in a device's memory: the way to read it from the host.
class DevicePicture {
public:
    virtual ~DevicePicture() = default;

    /// The same picture in host memory, I420. Copied by whoever asks first, then kept for the rest.
    ///
    /// @param frame  the picture that this object belongs to
    /// @error device: the device was lost, the picture with it; capacity: no memory
    /// @thread any but tick threads as a rule: waits for the device, a millisecond or so
    virtual Result<FramePtr> toHost(const VideoFrame& frame) const = 0;
};

/// A frame itself when it lies in host memory, else its copy there.
/// @error as DevicePicture::toHost
inline Result<FramePtr> hostFrame(const FramePtr& frame) {
    if (frame->memory == MemoryKind::Host) return frame;
    if (!frame->device) return internalError("a picture in device memory names no device");
    return frame->device->toHost(*frame);
}

}  // namespace tessera
