#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>

#include "mcu/base/result.h"
#include "mcu/base/time.h"

#include "pipelines/gst/gst_ptr.h"

namespace tessera {

/// One property of an element, written as gst-launch writes it: {"max-threads", "1"}.
struct GstProperty {
    const char* name;
    std::string value;
};

/// A GStreamer pipeline that only moves forward: built, started, stopped. It owns no policy and no thread; what its
/// elements say on the bus is heard at once, on the thread that says it.
///
/// Callbacks run on streaming threads. They must own what they use (capture `shared_ptr`s by value): a pipeline that
/// does not stop within its deadline is left to the reaper, and its callbacks may still run.
/// @thread one owner; push: any one thread per appsrc
class Pipeline {
public:
    /// How long the destructor waits for the state NULL before it leaves the pipeline to the reaper.
    static constexpr Duration kStopDeadline = std::chrono::milliseconds(1500);

    explicit Pipeline(const char* name);
    ~Pipeline();
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    /// Makes an element and adds it.
    /// @return borrowed from the pipeline
    /// @error  unsupported: no such element or property on this machine
    Result<GstElement*> add(const char* factory, std::initializer_list<GstProperty> properties = {});

    /// Links the elements' static pads in order. @error internal: their caps do not fit
    Status link(std::initializer_list<GstElement*> elements);

    /// Calls `onSample` for each sample of an appsink. Before `start`.
    void onSample(GstElement* appsink, std::function<void(GstSamplePtr)> onSample);
    /// Calls `onError` for each error of an element. Before `start`.
    void onError(std::function<void(const std::string&)> onError);
    /// Calls `onEos` when every sink has seen the end of the stream. Before `start`.
    void onEos(std::function<void()> onEos);

    /// Plays on the monotonic clock.
    ///
    /// @param baseTime  of the running time on the monotonic clock: `Timeline::epoch()` makes running time MediaTime.
    ///                  Pipelines without synchronising elements may leave it 0; their pts are still MediaTime.
    /// @error internal: an element refused
    Status start(MonotonicTime baseTime = {});

    /// Hands a buffer to an appsrc; may block while a bounded appsrc is full. @return false when it refuses any more
    static bool push(GstElement* appsrc, GstBufferPtr buffer);

    /// Sends EOS into the pipeline's sources.
    void sendEos();

    /// Moves to NULL on the reaper's thread and waits for it, at most `deadline`. May be called twice.
    /// @return false when the deadline passed: the pipeline is quarantined, never freed by this thread
    /// @thread any but a streaming thread of this pipeline
    bool stop(Duration deadline = kStopDeadline);

    GstElement* element() const { return pipeline_.get(); }

private:
    struct BusCallbacks;

    // State
    std::shared_ptr<BusCallbacks> callbacks_;
    GstElementPtr pipeline_;
};

}  // namespace tessera
