#include <cstring>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "mcu/base/check.h"

#include "tests/bench/peers/painter.h"
#include "tests/quality/contents.h"

namespace tessera {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr int kRate = 30;

GstCaps* capsOf(Size size) {
    return gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, size.width,
                               "height", G_TYPE_INT, size.height, "framerate", GST_TYPE_FRACTION, kRate, 1,
                               "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, "colorimetry", G_TYPE_STRING, "bt709",
                               nullptr);
}

/// The element's own thread draws when every pad has a picture, so the process is charged.
class GstreamerPainter final : public Painter {
public:
    GstreamerPainter(const BenchCase& drawn, const SourceSet& sources)
        : drawn_(drawn), sources_(sources), copy_(drawn.canvas) {
        gst_init(nullptr, nullptr);
        element_ = gst_element_factory_make("compositor", nullptr);
        TESSERA_CHECK(element_ != nullptr);
        g_object_set(element_, "max-threads", 1u, nullptr);
        gst_util_set_object_arg(G_OBJECT(element_), "background", "black");
        addSink();
        for (std::size_t i = 0; i < drawn.tiles.size(); ++i) addSource(i);
        gst_pad_set_active(sink_, TRUE);
        TESSERA_CHECK(gst_element_set_state(element_, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
        for (std::size_t i = 0; i < pads_.size(); ++i) startStream(i);
    }

    ~GstreamerPainter() override {
        gst_pad_set_active(sink_, FALSE);
        gst_element_set_state(element_, GST_STATE_NULL);
        if (painted_ != nullptr) gst_buffer_unref(painted_);
        for (GstPad* pad : pads_) gst_object_unref(pad);
        gst_object_unref(sink_);
        gst_object_unref(element_);
    }

    void prepare() override {
        buffers_.clear();
        for (std::size_t i = 0; i < pads_.size(); ++i) {
            GstBuffer* buffer =
                gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, sources_.bytes(i), sources_.byteCount(i), 0,
                                            sources_.byteCount(i), nullptr, nullptr);
            GST_BUFFER_PTS(buffer) = gst_util_uint64_scale(count_, GST_SECOND, kRate);
            GST_BUFFER_DURATION(buffer) = gst_util_uint64_scale(count_ + 1, GST_SECOND, kRate) - GST_BUFFER_PTS(buffer);
            buffers_.push_back(buffer);
        }
        ++count_;
    }

    void paint() override {
        for (std::size_t i = 0; i < pads_.size(); ++i)
            TESSERA_CHECK(gst_pad_push(pads_[i], buffers_[i]) == GST_FLOW_OK);
        Lock lock(mutex_);
        TESSERA_CHECK(pictureCame_.waitFor(mutex_, kPatience, [this] { return paintedCount_ == count_; }));
    }

    CpuClock clock() const override { return CpuClock::Process; }

    std::optional<Painting> painted() const override {
        GstVideoInfo info;
        gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, static_cast<guint>(drawn_.canvas.width),
                                  static_cast<guint>(drawn_.canvas.height));
        GstVideoFrame mapped;
        TESSERA_CHECK(gst_video_frame_map(&mapped, &info, painted_, GST_MAP_READ));
        Painting result{drawn_.canvas};
        for (std::size_t i = 0; i < 3; ++i) {
            const auto plane = static_cast<guint>(i);
            const Size size = copy_.planeSize(i);
            for (int y = 0; y < size.height; ++y) {
                std::memcpy(copy_.data(i) + static_cast<std::ptrdiff_t>(y) * size.width,
                            static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&mapped, plane)) +
                                static_cast<std::ptrdiff_t>(y) * GST_VIDEO_FRAME_PLANE_STRIDE(&mapped, plane),
                            static_cast<std::size_t>(size.width));
            }
            result.planes[i] = copy_.plane(i);
        }
        gst_video_frame_unmap(&mapped);
        return result;
    }

private:
    void addSink() {
        sink_ = gst_pad_new("sink", GST_PAD_SINK);
        gst_pad_set_element_private(sink_, this);
        gst_pad_set_chain_function(sink_, [](GstPad* pad, GstObject*, GstBuffer* buffer) {
            static_cast<GstreamerPainter*>(gst_pad_get_element_private(pad))->take(buffer);
            return GST_FLOW_OK;
        });
        gst_pad_set_query_function(sink_, [](GstPad* pad, GstObject* parent, GstQuery* query) -> gboolean {
            if (GST_QUERY_TYPE(query) != GST_QUERY_CAPS) return gst_pad_query_default(pad, parent, query);
            const auto* self = static_cast<GstreamerPainter*>(gst_pad_get_element_private(pad));
            GstCaps* caps = capsOf(self->drawn_.canvas);
            gst_query_set_caps_result(query, caps);
            gst_caps_unref(caps);
            return TRUE;
        });
        GstPad* output = gst_element_get_static_pad(element_, "src");
        TESSERA_CHECK(gst_pad_link(output, sink_) == GST_PAD_LINK_OK);
        gst_object_unref(output);
    }

    void addSource(std::size_t index) {
        GstPad* input = gst_element_request_pad_simple(element_, "sink_%u");
        const Rect& rect = drawn_.tiles[index].rect;
        g_object_set(input, "xpos", rect.x, "ypos", rect.y, "width", rect.width, "height", rect.height, nullptr);
        GstPad* pad = gst_pad_new(nullptr, GST_PAD_SRC);
        TESSERA_CHECK(gst_pad_link(pad, input) == GST_PAD_LINK_OK);
        gst_object_unref(input);
        pads_.push_back(pad);
    }

    void startStream(std::size_t index) {
        GstPad* pad = pads_[index];
        gst_pad_set_active(pad, TRUE);
        const std::string id = "source-" + std::to_string(index);
        gst_pad_push_event(pad, gst_event_new_stream_start(id.c_str()));
        GstCaps* caps = capsOf(sources_.size(index));
        gst_pad_push_event(pad, gst_event_new_caps(caps));
        gst_caps_unref(caps);
        GstSegment segment;
        gst_segment_init(&segment, GST_FORMAT_TIME);
        gst_pad_push_event(pad, gst_event_new_segment(&segment));
    }

    /// On the element's thread.
    void take(GstBuffer* buffer) {
        Lock lock(mutex_);
        if (painted_ != nullptr) gst_buffer_unref(painted_);
        painted_ = buffer;
        ++paintedCount_;
        pictureCame_.notifyAll();
    }

    // Borrowed
    const BenchCase& drawn_;
    const SourceSet& sources_;

    // Owned
    GstElement* element_ = nullptr;
    GstPad* sink_ = nullptr;
    std::vector<GstPad*> pads_;

    // State
    std::vector<GstBuffer*> buffers_;  ///< given away by paint
    std::uint64_t count_ = 0;
    mutable PackedPicture copy_;
    Mutex mutex_;
    CondVar pictureCame_;
    GstBuffer* painted_ GUARDED_BY(mutex_) = nullptr;
    std::uint64_t paintedCount_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

PainterPtr createGstreamerPainter(const BenchCase& drawn, const SourceSet& sources) {
    return std::make_unique<GstreamerPainter>(drawn, sources);
}

}  // namespace tessera
