#include "pipelines/codecs/encoder_element.h"

#include <gst/video/video.h>

namespace tessera {

Result<std::unique_ptr<EncoderElement>> EncoderElement::create(const LoneElement::Spec& spec, GstCapsPtr inputCaps,
                                                               OnEncoded onEncoded) {
    std::unique_ptr<EncoderElement> result(new EncoderElement(std::move(onEncoded)));
    auto element = LoneElement::create(spec, std::move(inputCaps),
                                       {[self = result.get()](GstBuffer* buffer) { self->encoded(buffer); }});
    if (!element) return element.error();
    result->element_ = std::move(element).value();
    return result;
}

void EncoderElement::forceKeyframe() {
    element_->send(gst_video_event_new_downstream_force_key_unit(GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE,
                                                                 GST_CLOCK_TIME_NONE, TRUE, 0));
}

void EncoderElement::encoded(GstBuffer* buffer) {
    if (!element_) return;  // headers of an element that begins
    // x264enc shifts its pts by 1000 hours, and its segment with them: only the running time is ours.
    const GstClockTime time = element_->runningTime(buffer);
    EncodedBuffer result;
    result.buffer = buffer;
    result.runningTime = Duration(GST_CLOCK_TIME_IS_VALID(time) ? static_cast<std::int64_t>(time) : 0);
    result.keyframe = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    if (!GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_HEADER) || result.keyframe) onEncoded_(result);
}

}  // namespace tessera
