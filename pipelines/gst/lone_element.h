#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/base/sync.h"

#include "pipelines/gst/element_property.h"
#include "pipelines/gst/gst_ptr.h"

namespace tessera {

/// One GStreamer element without a pipeline around it, between two pads of ours: what is pushed is worked on by the
/// caller's thread, and what comes out is handed over before `push` returns (or later, when the element delays). So it
/// costs no thread, no queue and no bus of its own.
/// @thread one at a time
class LoneElement {
public:
    struct Spec {
        const char* element = nullptr;
        std::vector<ElementProperty> properties;
        std::string_view outputCaps;         ///< what the element must produce
        bool isVideoMetaUnderstood = false;  ///< its pictures may have any strides: it need not copy them
    };
    struct Callbacks {
        std::function<void(GstBuffer*)> onBuffer;  ///< borrowed for the call
        std::function<void()> onKeyframeWanted{};  ///< the element cannot go on without a keyframe
    };

    /// @param inputCaps  fixed caps of what is pushed
    /// @error unsupported: no such element, property or caps on this machine
    static Result<std::unique_ptr<LoneElement>> create(const Spec& spec, GstCapsPtr inputCaps, Callbacks callbacks);
    ~LoneElement();
    LoneElement(const LoneElement&) = delete;
    LoneElement& operator=(const LoneElement&) = delete;

    /// Works on a buffer; its pts is its running time.
    /// @error internal: the element failed; it is of no use any more
    Status push(GstBufferPtr buffer);

    /// Sends an event downstream into the element; takes it.
    void send(GstEvent* event) { gst_pad_push_event(source_.get(), event); }

    /// Makes it give out what it still holds. Nothing can be pushed after that.
    void drain() { send(gst_event_new_eos()); }

    /// Running time of a buffer that it gave out: some elements shift their pts, and their segment with them.
    GstClockTime runningTime(GstBuffer* buffer) const;
    /// Caps of what it gives out; null before the first buffer.
    GstCapsPtr outputCaps() const { return GstCapsPtr(gst_pad_get_current_caps(sink_.get())); }

private:
    explicit LoneElement(Callbacks callbacks);
    Status setUp(const Spec& spec);
    Status begin(GstCapsPtr inputCaps);
    Error failure(const char* what);
    static GstFlowReturn onChain(GstPad* pad, GstObject* parent, GstBuffer* buffer);
    static gboolean onUpstreamEvent(GstPad* pad, GstObject* parent, GstEvent* event);
    static GstBusSyncReply onMessage(GstBus* bus, GstMessage* message, gpointer self);

    // State
    Callbacks callbacks_;
    GstElementPtr element_;
    GstObjectPtr<GstPad> source_;  ///< ours, feeds the element
    GstObjectPtr<GstPad> sink_;    ///< ours, takes from the element
    Mutex mutex_;
    std::string lastError_ GUARDED_BY(mutex_);
};

}  // namespace tessera
