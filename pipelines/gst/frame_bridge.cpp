#include "pipelines/gst/frame_bridge.h"

#include <array>
#include <gst/video/video.h>

namespace tessera {
namespace {

/// From this height on a picture without colour signalling counts as HD. @source ITU-R BT.709-6, BT.601-7
constexpr int kFirstHdHeight = 720;

/// A mapped picture; unmapped with its last holder.
struct MappedFrame {
    GstVideoFrame frame{};
    bool isMapped = false;

    MappedFrame() = default;
    MappedFrame(const MappedFrame&) = delete;
    MappedFrame& operator=(const MappedFrame&) = delete;
    ~MappedFrame() {
        if (isMapped) gst_video_frame_unmap(&frame);
    }
};

ColorMatrix matrixOf(const GstVideoInfo& info, bool isSignalled) {
    if (isSignalled && info.colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT601) return ColorMatrix::Bt601;
    if (isSignalled && info.colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709) return ColorMatrix::Bt709;
    return info.height < kFirstHdHeight ? ColorMatrix::Bt601 : ColorMatrix::Bt709;
}

struct PlaneLayout {
    int rows;
    int count;
};

PlaneLayout layoutOf(const VideoFrame& frame, int plane) {
    return {plane == 0 ? frame.size.height : chromaSize(frame.size).height, frame.format == PixelFormat::I420 ? 3 : 2};
}

}  // namespace

FramePtr frameFromSample(GstSample* sample, MediaTime pts) {
    GstBuffer* buffer = gst_sample_get_buffer(sample);
    GstCaps* caps = gst_sample_get_caps(sample);
    GstVideoInfo info;
    if (!buffer || !caps || !gst_video_info_from_caps(&info, caps)) return nullptr;
    const auto format = GST_VIDEO_INFO_FORMAT(&info);
    if (format != GST_VIDEO_FORMAT_I420 && format != GST_VIDEO_FORMAT_NV12) return nullptr;
    if (info.width < kMinimumFrame.width || info.height < kMinimumFrame.height) return nullptr;

    auto mapped = std::make_shared<MappedFrame>();
    if (!gst_video_frame_map(&mapped->frame, &info, buffer, GST_MAP_READ)) return nullptr;
    mapped->isMapped = true;

    const bool isSignalled = gst_structure_has_field(gst_caps_get_structure(caps, 0), "colorimetry");
    auto frame = std::make_shared<VideoFrame>();
    frame->size = {info.width, info.height};
    frame->format = format == GST_VIDEO_FORMAT_I420 ? PixelFormat::I420 : PixelFormat::Nv12;
    frame->matrix = matrixOf(info, isSignalled);
    frame->range = info.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255 ? ColorRange::Full : ColorRange::Limited;
    for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&mapped->frame); ++plane) {
        frame->planes[plane] = {static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&mapped->frame, plane)),
                                GST_VIDEO_FRAME_PLANE_STRIDE(&mapped->frame, plane)};
    }
    frame->pts = pts;
    frame->owner = std::move(mapped);
    return frame;
}

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
