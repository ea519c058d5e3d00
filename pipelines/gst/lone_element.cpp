#include "pipelines/gst/lone_element.h"

#include <gst/video/video.h>

#include "pipelines/gst/gst_runtime.h"

namespace tessera {
namespace {

gboolean swallowEvent(GstPad*, GstObject*, GstEvent* event) {
    gst_event_unref(event);
    return TRUE;
}

gboolean answerQuery(GstPad* pad, GstObject* parent, GstQuery* query) {
    if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION) return gst_pad_query_default(pad, parent, query);
    gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
    return TRUE;
}

GstObjectPtr<GstPad> makePad(const char* name, GstPadDirection direction, std::string_view caps) {
    GstCapsPtr allowed(gst_caps_from_string(std::string(caps).c_str()));
    GstObjectPtr<GstPadTemplate> pattern(static_cast<GstPadTemplate*>(
        gst_object_ref_sink(gst_pad_template_new(name, direction, GST_PAD_ALWAYS, allowed.get()))));
    return GstObjectPtr<GstPad>(
        static_cast<GstPad*>(gst_object_ref_sink(gst_pad_new_from_template(pattern.get(), name))));
}

}  // namespace

LoneElement::LoneElement(Callbacks callbacks) : callbacks_(std::move(callbacks)) {}

Result<std::unique_ptr<LoneElement>> LoneElement::create(const Spec& spec, GstCapsPtr inputCaps, Callbacks callbacks) {
    initGst();
    std::unique_ptr<LoneElement> result(new LoneElement(std::move(callbacks)));
    TESSERA_TRY(result->setUp(spec));
    TESSERA_TRY(result->begin(std::move(inputCaps)));
    return result;
}

Status LoneElement::setUp(const Spec& spec) {
    GstElement* element = gst_element_factory_make(spec.element, nullptr);
    if (!element) return unsupported(std::string("the GStreamer element ") + spec.element + " is not installed");
    element_.reset(GST_ELEMENT(gst_object_ref_sink(element)));
    for (const auto& property : spec.properties) {
        if (!g_object_class_find_property(G_OBJECT_GET_CLASS(element), property.name)) {
            return unsupported(std::string(spec.element) + " has no property " + property.name);
        }
        gst_util_set_object_arg(G_OBJECT(element), property.name, property.value.c_str());
    }
    GstObjectPtr<GstBus> bus(gst_bus_new());
    gst_bus_set_sync_handler(bus.get(), &LoneElement::onMessage, this, nullptr);
    gst_element_set_bus(element, bus.get());

    source_ = makePad("feed", GST_PAD_SRC, "ANY");
    sink_ = makePad("take", GST_PAD_SINK, spec.outputCaps);
    gst_pad_set_element_private(source_.get(), this);
    gst_pad_set_element_private(sink_.get(), this);
    gst_pad_set_event_function(source_.get(), &LoneElement::onUpstreamEvent);
    gst_pad_set_chain_function(sink_.get(), &LoneElement::onChain);
    gst_pad_set_event_function(sink_.get(), &swallowEvent);
    if (spec.isVideoMetaUnderstood) gst_pad_set_query_function(sink_.get(), &answerQuery);
    GstObjectPtr<GstPad> in(gst_element_get_static_pad(element, "sink"));
    GstObjectPtr<GstPad> out(gst_element_get_static_pad(element, "src"));
    TESSERA_CHECK(in && out);
    if (gst_pad_link(source_.get(), in.get()) != GST_PAD_LINK_OK ||
        gst_pad_link(out.get(), sink_.get()) != GST_PAD_LINK_OK) {
        return unsupported(std::string(spec.element) + " cannot produce " + std::string(spec.outputCaps));
    }
    gst_pad_set_active(sink_.get(), TRUE);
    gst_pad_set_active(source_.get(), TRUE);
    return kOk;
}

Status LoneElement::begin(GstCapsPtr inputCaps) {
    if (gst_element_set_state(element_.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_SUCCESS) {
        return failure("does not start");
    }
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    const bool accepted = gst_pad_push_event(source_.get(), gst_event_new_stream_start("lone")) &&
                          gst_pad_push_event(source_.get(), gst_event_new_caps(inputCaps.get())) &&
                          gst_pad_push_event(source_.get(), gst_event_new_segment(&segment));
    if (!accepted) return failure("refuses the format");
    return kOk;
}

LoneElement::~LoneElement() {
    if (!element_) return;
    gst_element_set_state(element_.get(), GST_STATE_NULL);
    if (source_) gst_pad_set_active(source_.get(), FALSE);
    if (sink_) gst_pad_set_active(sink_.get(), FALSE);
    gst_element_set_bus(element_.get(), nullptr);
}

Error LoneElement::failure(const char* what) {
    Lock lock(mutex_);
    std::string message = std::string(GST_OBJECT_NAME(element_.get())) + " " + what;
    if (!lastError_.empty()) message += ": " + lastError_;
    return unsupported(std::move(message));
}

Status LoneElement::push(GstBufferPtr buffer) {
    const GstFlowReturn flow = gst_pad_push(source_.get(), buffer.release());
    if (flow == GST_FLOW_OK) return kOk;
    Error error = failure(gst_flow_get_name(flow));
    error.code = ErrorCode::Internal;
    return error;
}

GstClockTime LoneElement::runningTime(GstBuffer* buffer) const {
    GstClockTime time = GST_BUFFER_PTS(buffer);
    if (GstEvent* event = gst_pad_get_sticky_event(sink_.get(), GST_EVENT_SEGMENT, 0)) {
        const GstSegment* segment = nullptr;
        gst_event_parse_segment(event, &segment);
        time = gst_segment_to_running_time(segment, GST_FORMAT_TIME, time);
        gst_event_unref(event);
    }
    return time;
}

GstFlowReturn LoneElement::onChain(GstPad* pad, GstObject*, GstBuffer* buffer) {
    GstBufferPtr owned(buffer);
    static_cast<LoneElement*>(gst_pad_get_element_private(pad))->callbacks_.onBuffer(buffer);
    return GST_FLOW_OK;
}

gboolean LoneElement::onUpstreamEvent(GstPad* pad, GstObject*, GstEvent* event) {
    const auto& callbacks = static_cast<LoneElement*>(gst_pad_get_element_private(pad))->callbacks_;
    if (gst_video_event_is_force_key_unit(event) && callbacks.onKeyframeWanted) callbacks.onKeyframeWanted();
    gst_event_unref(event);
    return TRUE;
}

GstBusSyncReply LoneElement::onMessage(GstBus*, GstMessage* message, gpointer self) {
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        GError* error = nullptr;
        gst_message_parse_error(message, &error, nullptr);
        auto& element = *static_cast<LoneElement*>(self);
        Lock lock(element.mutex_);
        element.lastError_ = error ? error->message : "unknown error";
        g_clear_error(&error);
    }
    gst_message_unref(message);
    return GST_BUS_DROP;
}

}  // namespace tessera
