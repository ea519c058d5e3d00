#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "mcu/media/audio_block.h"

#include "pipelines/codecs/audio_frame_encoder.h"
#include "pipelines/codecs/encoder_element.h"
#include "pipelines/gst/gst_runtime.h"

namespace tessera {
namespace {

class ElementAudioEncoder final : public AudioFrameEncoder {
public:
    ElementAudioEncoder(int frameSamples, OnEncoded onEncoded)
        : frameSamples_(frameSamples), onEncoded_(std::move(onEncoded)) {}

    Status start(const AudioEncoderRow& row, const AudioEncodeSpec& spec) {
        initGst();
        auto element = EncoderElement::create({row.element, row.properties(spec), row.outputCaps},
                                              GstCapsPtr(gst_caps_from_string(std::string(row.inputCaps).c_str())),
                                              [this](const EncodedBuffer& encoded) { onBuffer(encoded); });
        if (!element) return element.error();
        element_ = std::move(element).value();
        return kOk;
    }

    Status encode(std::span<const float> interleaved) override {
        GstBufferPtr buffer(gst_buffer_new_allocate(nullptr, interleaved.size_bytes(), nullptr));
        gst_buffer_fill(buffer.get(), 0, interleaved.data(), interleaved.size_bytes());
        const std::int64_t begin = frames_++ * frameSamples_;
        const auto pts = samplesToDuration(begin);
        GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(pts.count());
        GST_BUFFER_DURATION(buffer.get()) =
            static_cast<GstClockTime>((samplesToDuration(begin + frameSamples_) - pts).count());
        return element_->push(std::move(buffer));
    }
    void drain() override { element_->drain(); }

private:
    void onBuffer(const EncodedBuffer& encoded) {
        GstMapInfo map;
        if (!gst_buffer_map(encoded.buffer, &map, GST_MAP_READ)) return;
        onEncoded_({map.data, map.size});
        gst_buffer_unmap(encoded.buffer, &map);
    }

    // State
    int frameSamples_;
    OnEncoded onEncoded_;
    std::unique_ptr<EncoderElement> element_;
    std::int64_t frames_ = 0;
};

}  // namespace

Result<std::unique_ptr<AudioFrameEncoder>> createElementAudioEncoder(const AudioEncoderRow& row,
                                                                     const AudioEncodeSpec& spec,
                                                                     AudioFrameEncoder::OnEncoded onEncoded) {
    auto encoder = std::make_unique<ElementAudioEncoder>(row.frameSamples, std::move(onEncoded));
    TESSERA_TRY(encoder->start(row, spec));
    return std::unique_ptr<AudioFrameEncoder>(std::move(encoder));
}

}  // namespace tessera
