#pragma once

#include <cstdint>

#include "mcu/media/video_frame.h"

#include "pipelines/gst/gst_ptr.h"

namespace tessera {

/// Wraps a decoded picture as a VideoFrame without a copy; the buffer stays mapped until the last holder lets go.
///
/// @param sample  raw video, I420 or NV12, any stride
/// @param pts     of the picture
/// @return        matrix and range from the caps' colorimetry, else BT.601 below 720 lines and BT.709 from there,
///                limited; null for another format, a picture below kMinimumFrame, or memory that cannot be mapped
/// @thread        any
FramePtr frameFromSample(GstSample* sample, MediaTime pts);

/// Wraps a picture as a buffer with a GstVideoMeta without a copy; the picture lives as long as the buffer.
///
/// @param frame  host memory
/// @return       pts set to the frame's; null for CUDA memory
/// @thread       any
GstBufferPtr bufferFromFrame(const FramePtr& frame);

/// Caps of pictures of one kind: format, size, rate, colorimetry.
GstCapsPtr capsForFrames(const VideoFrame& frame, FrameRate rate);

}  // namespace tessera
