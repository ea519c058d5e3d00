#include "pipelines/codecs/decoder_catalog.h"

#include <array>
#include <gst/gst.h>

#include "pipelines/codecs/software_video_decoder.h"
#include "pipelines/gst/gst_ptr.h"
#include "pipelines/gst/gst_runtime.h"

namespace tessera {
namespace {

constexpr std::array kDecoders = {
    DecoderRow{"h264", "video", "avdec_h264"}, DecoderRow{"vp8", "video", "vp8dec"},
    DecoderRow{"hevc", "video", "avdec_h265"}, DecoderRow{"vp9", "video", "vp9dec"},
    DecoderRow{"av1", "video", "av1dec"},      DecoderRow{"opus", "audio", "opusdec"},
};

}  // namespace

std::span<const DecoderRow> decoderCatalog() {
    return kDecoders;
}

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
        for (const auto codec :
             {VideoCodec::H264, VideoCodec::Vp8, VideoCodec::Hevc, VideoCodec::Vp9, VideoCodec::Av1}) {
            const auto range = engine.nvdec->range({codec, cudaVideoChromaFormat_420, 8});
            const bool available = range.ok() && range->isSupported;
            std::string reason = available ? "" : range.ok() ? "this GPU does not decode it" : range.error().message;
            found.push_back({std::string(toString(codec)), "video", name, available, std::move(reason)});
        }
    }
}

}  // namespace

std::vector<DecoderAvailability> probeDecoders(const GpuEngines* gpus) {
    initGst();
    std::vector<DecoderAvailability> found;
    if (gpus != nullptr) probeGpuDecoders(*gpus, found);
    for (const auto& row : kDecoders) {
        DecoderAvailability decoder{std::string(row.codec), std::string(row.kind), row.element, false, {}};
        auto* element = gst_element_factory_make(row.element, nullptr);
        decoder.available = element != nullptr;
        if (element == nullptr) {
            decoder.reason = "no element " + decoder.element + " is installed";
        } else {
            gst_object_unref(gst_object_ref_sink(element));
        }
        found.push_back(std::move(decoder));
    }
    return found;
}

}  // namespace tessera
