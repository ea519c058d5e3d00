#pragma once

#include "mcu/media/video_frame.h"

#include "pipelines/gst/gst_ptr.h"

namespace tessera {

/// Wraps a picture as a buffer with a GstVideoMeta without a copy; the picture lives as long as the buffer.
///
/// @param frame  host memory
/// @return       pts set to the frame's; null for CUDA memory
/// @thread       any
GstBufferPtr bufferFromFrame(const FramePtr& frame);

/// Caps of pictures of one kind: format, size, rate, colorimetry.
GstCapsPtr capsForFrames(const VideoFrame& frame, FrameRate rate);

}  // namespace tessera
