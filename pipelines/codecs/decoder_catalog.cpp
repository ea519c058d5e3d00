#include "pipelines/codecs/decoder_catalog.h"

#include <gst/gst.h>

#include "pipelines/codecs/software_video_decoder.h"
#include "pipelines/gst/gst_runtime.h"

namespace tessera {
namespace {

constexpr VideoCodec kVideoCodecs[] = {VideoCodec::H264, VideoCodec::Vp8, VideoCodec::Hevc, VideoCodec::Vp9,
                                       VideoCodec::Av1};
constexpr const char* kOpusElement = "opusdec";

}  // namespace

VideoDecoderTable softwareVideoDecoders() {
    static const VideoDecoderTable table = std::make_shared<const std::vector<VideoDecoderRow>>(
        std::vector<VideoDecoderRow>{{"software", &createSoftwareVideoDecoder}});
    return table;
}

VideoDecoderTable videoDecodersOf(std::shared_ptr<const GpuEngines> gpus, const std::string& meeting) {
    if (!gpus || gpus->engines().empty()) return softwareVideoDecoders();
    const auto createOnGpu = [gpus, meeting](VideoCodec codec,
                                             FrameSink& pictures) -> Result<std::unique_ptr<VideoDecoder>> {
        const GpuEngine* engine = gpus->engineOf(meeting);
        if (engine == nullptr) return Error{ErrorCode::Device, "every GPU was lost", {}};
        if (!engine->nvdec) return unsupported("this GPU decodes nothing");
        return engine->nvdec->createDecoder(codec, pictures);
    };
    return std::make_shared<const std::vector<VideoDecoderRow>>(
        std::vector<VideoDecoderRow>{{"nvdec", createOnGpu}, {"software", &createSoftwareVideoDecoder}});
}

namespace {

/// One line for each codec and GPU.
void probeGpuDecoders(const GpuEngines& gpus, std::vector<DecoderAvailability>& found) {
    for (const auto& engine : gpus.engines()) {
        if (!engine.nvdec) continue;
        const std::string name = "nvdec" + std::to_string(engine.device->context().device().index);
        for (const auto codec : kVideoCodecs) {
            const auto range = engine.nvdec->range({codec, cudaVideoChromaFormat_420, 8});
            const bool available = range.ok() && range->isSupported;
            std::string reason = available ? "" : range.ok() ? "this GPU does not decode it" : range.error().message;
            found.push_back({std::string(toString(codec)), "video", name, available, std::move(reason)});
        }
    }
}

DecoderAvailability probeSoftware(VideoCodec codec) {
    struct Nowhere final : FrameSink {
        void offer(FramePtr) override {}
    } nowhere;
    const auto made = createSoftwareVideoDecoder(codec, nowhere);
    return {std::string(toString(codec)), "video", std::string(softwareVideoDecoderName(codec)), made.ok(),
            made.ok() ? std::string() : made.error().message};
}

DecoderAvailability probeOpus() {
    initGst();
    DecoderAvailability opus{"opus", "audio", kOpusElement, false, {}};
    if (auto* element = gst_element_factory_make(kOpusElement, nullptr)) {
        opus.available = true;
        gst_object_unref(gst_object_ref_sink(element));
    } else {
        opus.reason = "no element " + opus.element + " is installed";
    }
    return opus;
}

}  // namespace

std::vector<DecoderAvailability> probeDecoders(const GpuEngines* gpus) {
    std::vector<DecoderAvailability> found;
    if (gpus != nullptr) probeGpuDecoders(*gpus, found);
    for (const auto codec : kVideoCodecs) found.push_back(probeSoftware(codec));
    found.push_back(probeOpus());
    return found;
}

}  // namespace tessera
