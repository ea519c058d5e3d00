#include "pipelines/codecs/software_video_decoder.h"

#include <string>
#include <utility>

#include "mcu/base/log.h"

#include "pipelines/gst/frame_bridge.h"
#include "pipelines/gst/gst_runtime.h"
#include "pipelines/gst/lone_element.h"

namespace tessera {
namespace {

struct SoftwareElement {
    const char* element;
    const char* threadsProperty;
    const char* inputCaps;
};

SoftwareElement elementFor(VideoCodec codec) {
    switch (codec) {
        case VideoCodec::H264:
            return {"avdec_h264", "max-threads", "video/x-h264,stream-format=byte-stream,alignment=au"};
        case VideoCodec::Vp8: return {"vp8dec", "threads", "video/x-vp8"};
        case VideoCodec::Hevc:
            return {"avdec_h265", "max-threads", "video/x-h265,stream-format=byte-stream,alignment=au"};
        case VideoCodec::Vp9: return {"vp9dec", "threads", "video/x-vp9"};
        case VideoCodec::Av1: return {"av1dec", nullptr, "video/x-av1,stream-format=obu-stream,alignment=tu"};
    }
    return {};
}

LoneElement::Spec specFor(const SoftwareElement& row) {
    LoneElement::Spec spec;
    spec.element = row.element;
    spec.outputCaps = "video/x-raw,format={I420,NV12}";
    spec.isVideoMetaUnderstood = true;
    spec.properties = {{"max-errors", "-1"},
                       {"qos", "false"},
                       {"discard-corrupted-frames", "true"},
                       {"automatic-request-sync-points", "true"}};
    if (row.threadsProperty) spec.properties.push_back({row.threadsProperty, "1"});
    return spec;
}

class SoftwareVideoDecoder final : public VideoDecoder {
public:
    SoftwareVideoDecoder(VideoCodec codec, FrameSink& pictures) : pictures_(pictures), codec_(codec) {}

    Status start() {
        initGst();
        const SoftwareElement row = elementFor(codec_);
        GstCapsPtr caps(gst_caps_from_string(row.inputCaps));
        auto element =
            LoneElement::create(specFor(row), std::move(caps),
                                {[this](GstBuffer* buffer) { onPicture(buffer); }, [this] { isDamaged_ = true; }});
        if (!element) return element.error();
        element_ = std::move(element).value();
        return kOk;
    }

    DecodeOutcome decode(const AccessUnit& unit) override {
        if (!element_ && !start()) return DecodeOutcome::Failed;
        GstBufferPtr buffer(gst_buffer_new_memdup(unit.bytes.data(), unit.bytes.size()));
        GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(unit.pts.time_since_epoch().count());
        if (!unit.keyframe) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
        if (unit.discontinuity) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
        isDamaged_ = false;
        if (const Status pushed = element_->push(std::move(buffer)); !pushed) {
            log(LogLevel::Warning, "decoder", pushed.error().message);
            return DecodeOutcome::Failed;
        }
        return isDamaged_ ? DecodeOutcome::Damaged : DecodeOutcome::Accepted;
    }

    void drain() override {
        if (element_) element_->drain();
        element_.reset();  // it takes nothing after its end
    }
    std::string_view name() const override { return "software"; }

private:
    void onPicture(GstBuffer* buffer) {
        if (!GST_BUFFER_PTS_IS_VALID(buffer)) return;
        const GstCapsPtr caps = element_->outputCaps();
        const GstSamplePtr sample(gst_sample_new(buffer, caps.get(), nullptr, nullptr));
        const MediaTime pts{Duration(static_cast<std::int64_t>(GST_BUFFER_PTS(buffer)))};
        // Null for the degenerate last pictures of a leaving sender.
        if (auto frame = frameFromSample(sample.get(), pts)) pictures_.offer(std::move(frame));
    }

    // Borrowed
    FrameSink& pictures_;
    // State
    VideoCodec codec_;
    std::unique_ptr<LoneElement> element_;
    bool isDamaged_ = false;
};

}  // namespace

Result<std::unique_ptr<VideoDecoder>> createSoftwareVideoDecoder(VideoCodec codec, FrameSink& pictures) {
    auto decoder = std::make_unique<SoftwareVideoDecoder>(codec, pictures);
    TESSERA_TRY(decoder->start());
    return std::unique_ptr<VideoDecoder>(std::move(decoder));
}

}  // namespace tessera
