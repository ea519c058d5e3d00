#include "pipelines/codecs/decoder_catalog.h"

#include <array>
#include <gst/gst.h>

#include "pipelines/gst/gst_ptr.h"
#include "pipelines/gst/gst_runtime.h"

namespace tessera {
namespace {

constexpr std::array kDecoders = {
    DecoderRow{"h264", "video", "avdec_h264"},
    DecoderRow{"vp8", "video", "vp8dec"},
    DecoderRow{"opus", "audio", "opusdec"},
};

}  // namespace

std::span<const DecoderRow> decoderCatalog() {
    return kDecoders;
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
