#include "pipelines/codecs/element_picture_encoder.h"

#include <utility>

#include "mcu/media/device_picture.h"

#include "pipelines/codecs/encoder_element.h"
#include "pipelines/gst/frame_bridge.h"
#include "pipelines/gst/gst_runtime.h"

namespace tessera {
namespace {

class ElementPictureEncoder final : public PictureEncoder {
public:
    explicit ElementPictureEncoder(OnEncoded onEncoded) : onEncoded_(std::move(onEncoded)) {}

    Status open(const VideoEncoderRow& row, const VideoEncodeSpec& spec) {
        initGst();
        VideoFrame frame;
        frame.size = spec.size;
        auto element =
            EncoderElement::create({row.element, row.properties(spec), row.outputCaps}, capsForFrames(frame, spec.rate),
                                   [this](const EncodedBuffer& encoded) { onBuffer(encoded); });
        if (!element) return element.error();
        element_ = *std::move(element);
        return kOk;
    }

    Status encode(const FramePtr& frame, bool keyframe) override {
        const auto host = hostFrame(frame);
        if (!host) return kOk;  // the device took it along; the next picture comes from the host
        if (keyframe) element_->forceKeyframe();
        return element_->push(bufferFromFrame(*host));
    }

private:
    void onBuffer(const EncodedBuffer& encoded) const {
        GstMapInfo map;
        if (!gst_buffer_map(encoded.buffer, &map, GST_MAP_READ)) return;
        onEncoded_({{map.data, map.size}, MediaTime(encoded.runningTime), encoded.keyframe});
        gst_buffer_unmap(encoded.buffer, &map);
    }

    // State
    OnEncoded onEncoded_;
    std::unique_ptr<EncoderElement> element_;
};

}  // namespace

Result<std::unique_ptr<PictureEncoder>> createElementPictureEncoder(const VideoEncoderRow& row,
                                                                    const VideoEncodeSpec& spec,
                                                                    const std::shared_ptr<CudaDevice>&,
                                                                    PictureEncoder::OnEncoded onEncoded) {
    auto encoder = std::make_unique<ElementPictureEncoder>(std::move(onEncoded));
    TESSERA_TRY(encoder->open(row, spec));
    return std::unique_ptr<PictureEncoder>(std::move(encoder));
}

}  // namespace tessera
