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

std::vector<DecoderAvailability> probeDecoders() {
    initGst();
    std::vector<DecoderAvailability> found;
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
