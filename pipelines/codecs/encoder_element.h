#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/base/sync.h"

#include "pipelines/codecs/encoder_catalog.h"
#include "pipelines/gst/gst_ptr.h"

namespace tessera {

/// What an encoder's element is made from.
struct EncoderElementSpec {
    const char* element = nullptr;
    std::vector<EncoderProperty> properties;
    std::string_view outputCaps;
};

/// One encoded buffer.
struct EncodedBuffer {
    GstBuffer* buffer = nullptr;  ///< borrowed for the call
    Duration runningTime{};       ///< pts of the picture or sound that it was made from
    bool keyframe = false;
};

/// One GStreamer encoder without a pipeline around it: what is pushed is encoded on the caller's thread, and what comes
/// out is handed over before `push` returns (or later, when the element delays). So an encoder costs no thread, no
/// queue and no bus of its own.
/// @thread one at a time
class EncoderElement {
public:
    using OnEncoded = std::function<void(const EncodedBuffer&)>;

    /// @param inputCaps  fixed caps of what is pushed
    /// @error unsupported: no such element, property or caps on this machine
    static Result<std::unique_ptr<EncoderElement>> create(const EncoderElementSpec& spec, GstCapsPtr inputCaps,
                                                          OnEncoded onEncoded);
    ~EncoderElement();
    EncoderElement(const EncoderElement&) = delete;
    EncoderElement& operator=(const EncoderElement&) = delete;

    /// Encodes; the buffer's pts is its running time.
    /// @error internal: the element failed; it is of no use any more
    Status push(GstBufferPtr buffer);

    /// Makes the next picture a keyframe.
    void forceKeyframe();

    /// Gives out what the element still holds. Nothing can be pushed after that.
    void drain();

private:
    explicit EncoderElement(OnEncoded onEncoded);
    Status setUp(const EncoderElementSpec& spec);
    Status begin(GstCapsPtr inputCaps);
    Error failure(const char* what);
    void encoded(GstBuffer* buffer);
    static GstFlowReturn onChain(GstPad* pad, GstObject* parent, GstBuffer* buffer);
    static GstBusSyncReply onMessage(GstBus* bus, GstMessage* message, gpointer self);

    // State
    OnEncoded onEncoded_;
    GstElementPtr element_;
    GstObjectPtr<GstPad> source_;  ///< ours, feeds the element
    GstObjectPtr<GstPad> sink_;    ///< ours, takes from the element
    Mutex mutex_;
    std::string lastError_ GUARDED_BY(mutex_);
};

}  // namespace tessera
