#pragma once

#include <functional>
#include <memory>

#include "mcu/base/time.h"

#include "pipelines/gst/lone_element.h"

namespace tessera {

/// One encoded buffer.
struct EncodedBuffer {
    GstBuffer* buffer = nullptr;  ///< borrowed for the call
    Duration runningTime{};       ///< pts of the picture or sound that it was made from
    bool keyframe = false;
};

/// One GStreamer encoder without a pipeline around it.
/// @thread one at a time
class EncoderElement {
public:
    using OnEncoded = std::function<void(const EncodedBuffer&)>;

    /// @param inputCaps  fixed caps of what is pushed
    /// @error unsupported: no such element, property or caps on this machine
    static Result<std::unique_ptr<EncoderElement>> create(const LoneElement::Spec& spec, GstCapsPtr inputCaps,
                                                          OnEncoded onEncoded);

    /// Encodes; the buffer's pts is its running time.
    /// @error internal: the element failed; it is of no use any more
    Status push(GstBufferPtr buffer) { return element_->push(std::move(buffer)); }

    /// Makes the next picture a keyframe.
    void forceKeyframe();

    /// Gives out what the element still holds. Nothing can be pushed after that.
    void drain() { element_->drain(); }

private:
    explicit EncoderElement(OnEncoded onEncoded) : onEncoded_(std::move(onEncoded)) {}
    void encoded(GstBuffer* buffer);

    // State
    OnEncoded onEncoded_;
    std::unique_ptr<LoneElement> element_;
};

}  // namespace tessera
