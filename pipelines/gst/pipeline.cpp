#include "pipelines/gst/pipeline.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include "pipelines/gst/gst_runtime.h"
#include "pipelines/gst/reaper.h"

namespace tessera {
namespace {

using SampleCallback = std::function<void(GstSamplePtr)>;

GstFlowReturn pullSample(GstAppSink* sink, gpointer callback) {
    if (GstSample* sample = gst_app_sink_pull_sample(sink))
        (*static_cast<SampleCallback*>(callback))(GstSamplePtr(sample));
    return GST_FLOW_OK;
}

std::string errorText(GstMessage* message) {
    GError* error = nullptr;
    gchar* debug = nullptr;
    gst_message_parse_error(message, &error, &debug);
    std::string text = std::string(GST_OBJECT_NAME(message->src)) + ": " + (error ? error->message : "unknown error");
    if (debug) text += std::string(" (") + debug + ")";
    g_clear_error(&error);
    g_free(debug);
    return text;
}

}  // namespace

struct Pipeline::BusCallbacks {
    std::function<void(const std::string&)> onError;
    std::function<void()> onEos;

    static GstBusSyncReply handle(GstBus*, GstMessage* message, gpointer user) {
        auto& callbacks = **static_cast<std::shared_ptr<BusCallbacks>*>(user);
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR && callbacks.onError) {
            callbacks.onError(errorText(message));
        } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS && callbacks.onEos) {
            callbacks.onEos();
        }
        gst_message_unref(message);  // who answers DROP owns the message
        return GST_BUS_DROP;
    }
};

Pipeline::Pipeline(const char* name) : callbacks_(std::make_shared<BusCallbacks>()) {
    initGst();
    GstElement* pipeline = gst_pipeline_new(name);
    gst_object_ref_sink(pipeline);
    pipeline_.reset(pipeline);
    GstObjectPtr<GstBus> bus(gst_element_get_bus(pipeline));
    gst_bus_set_sync_handler(bus.get(), &BusCallbacks::handle, new std::shared_ptr<BusCallbacks>(callbacks_),
                             [](gpointer user) { delete static_cast<std::shared_ptr<BusCallbacks>*>(user); });
}

Pipeline::~Pipeline() {
    stop();
}

Result<GstElement*> Pipeline::add(const char* factory, std::initializer_list<GstProperty> properties) {
    GstElement* element = gst_element_factory_make(factory, nullptr);
    if (!element) return unsupported(std::string("the GStreamer element ") + factory + " is not installed");
    gst_bin_add(GST_BIN(pipeline_.get()), element);
    for (const auto& property : properties) {
        if (!g_object_class_find_property(G_OBJECT_GET_CLASS(element), property.name)) {
            return unsupported(std::string(factory) + " has no property " + property.name);
        }
        gst_util_set_object_arg(G_OBJECT(element), property.name, property.value.c_str());
    }
    return element;
}

Status Pipeline::link(std::initializer_list<GstElement*> elements) {
    GstElement* previous = nullptr;
    for (GstElement* element : elements) {
        if (previous && !gst_element_link(previous, element)) {
            return internalError(std::string("cannot link ") + GST_OBJECT_NAME(previous) + " to " +
                                 GST_OBJECT_NAME(element));
        }
        previous = element;
    }
    return kOk;
}

void Pipeline::onSample(GstElement* appsink, SampleCallback onSample) {
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = &pullSample;
    gst_app_sink_set_callbacks(GST_APP_SINK(appsink), &callbacks, new SampleCallback(std::move(onSample)),
                               [](gpointer callback) { delete static_cast<SampleCallback*>(callback); });
}

void Pipeline::onError(std::function<void(const std::string&)> onError) {
    callbacks_->onError = std::move(onError);
}

void Pipeline::onEos(std::function<void()> onEos) {
    callbacks_->onEos = std::move(onEos);
}

Status Pipeline::start(MonotonicTime baseTime) {
    // The default system clock may be shared with code that sets another type; GstSystemClock's default is monotonic.
    GstObjectPtr<GstClock> clock(gst_system_clock_obtain());
    gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
    gst_element_set_start_time(pipeline_.get(), GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(pipeline_.get(), static_cast<GstClockTime>(baseTime.time_since_epoch().count()));
    if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        return internalError(std::string("the pipeline ") + GST_OBJECT_NAME(pipeline_.get()) + " does not start");
    }
    return kOk;
}

bool Pipeline::push(GstElement* appsrc, GstBufferPtr buffer) {
    return gst_app_src_push_buffer(GST_APP_SRC(appsrc), buffer.release()) == GST_FLOW_OK;
}

void Pipeline::sendEos() {
    gst_element_send_event(pipeline_.get(), gst_event_new_eos());
}

bool Pipeline::stop(Duration deadline) {
    if (!pipeline_) return true;
    return reapPipeline(std::move(pipeline_), deadline);
}

}  // namespace tessera
