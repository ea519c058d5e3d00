#include "pipelines/gst/frame_bridge.h"

#include <array>
#include <gst/video/video.h>

namespace tessera {
namespace {

struct PlaneLayout {
    int rows;
    int count;
};

PlaneLayout layoutOf(const VideoFrame& frame, int plane) {
    return {plane == 0 ? frame.size.height : chromaSize(frame.size).height, frame.format == PixelFormat::I420 ? 3 : 2};
}

}  // namespace

GstBufferPtr bufferFromFrame(const FramePtr& frame) {
    if (frame->memory != MemoryKind::Host) return nullptr;
    GstBufferPtr buffer(gst_buffer_new());
    std::array<gsize, GST_VIDEO_MAX_PLANES> offsets{};
    std::array<gint, GST_VIDEO_MAX_PLANES> strides{};
    gsize total = 0;
    const int planes = layoutOf(*frame, 0).count;
    for (int i = 0; i < planes; ++i) {
        const auto index = static_cast<std::size_t>(i);
        const auto& plane = frame->planes[index];
        const auto bytes = static_cast<gsize>(plane.stride) * static_cast<gsize>(layoutOf(*frame, i).rows);
        gst_buffer_append_memory(
            buffer.get(),
            gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, const_cast<std::uint8_t*>(plane.data), bytes, 0, bytes,
                                   new FramePtr(frame), [](gpointer held) { delete static_cast<FramePtr*>(held); }));
        offsets[index] = total;
        strides[index] = plane.stride;
        total += bytes;
    }
    const auto format = frame->format == PixelFormat::I420 ? GST_VIDEO_FORMAT_I420 : GST_VIDEO_FORMAT_NV12;
    gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, format,
                                   static_cast<guint>(frame->size.width), static_cast<guint>(frame->size.height),
                                   static_cast<guint>(planes), offsets.data(), strides.data());
    GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(frame->pts.time_since_epoch().count());
    return buffer;
}

GstCapsPtr capsForFrames(const VideoFrame& frame, FrameRate rate) {
    const char* matrix = frame.matrix == ColorMatrix::Bt709 ? GST_VIDEO_COLORIMETRY_BT709 : GST_VIDEO_COLORIMETRY_BT601;
    const bool isFull = frame.range == ColorRange::Full;
    // Full range has no short name: range 1 = 0-255, matrix 3/4 = BT.709/BT.601, transfer 5/16, primaries 1/4.
    const char* full = frame.matrix == ColorMatrix::Bt709 ? "1:3:5:1" : "1:4:16:4";
    return GstCapsPtr(
        gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, frame.format == PixelFormat::I420 ? "I420" : "NV12",
                            "width", G_TYPE_INT, frame.size.width, "height", G_TYPE_INT, frame.size.height, "framerate",
                            GST_TYPE_FRACTION, rate.num, rate.den, "colorimetry", G_TYPE_STRING, isFull ? full : matrix,
                            "interlace-mode", G_TYPE_STRING, "progressive", nullptr));
}

}  // namespace tessera
