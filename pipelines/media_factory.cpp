#include "pipelines/media_factory.h"

#include <atomic>
#include <utility>

#include "gpu/gpu_compositor.h"
#include "pipelines/codecs/audio_encoder.h"
#include "pipelines/codecs/loudness_meter.h"
#include "pipelines/codecs/video_encoder.h"
#include "pipelines/ingest/ingest_catalog.h"
#include "pipelines/outputs/output_catalog.h"
#include "pipelines/raster/image_file.h"
#include "pipelines/raster/pango_text_rasterizer.h"

namespace tessera {
namespace {

class LibraryMediaFactory final : public MediaFactory {
public:
    LibraryMediaFactory(IngestSettings settings, std::shared_ptr<const GpuEngines> gpus, OutputEnds ends)
        : settings_(std::move(settings)), gpus_(std::move(gpus)), ends_(std::move(ends)) {}

    Result<std::unique_ptr<VideoEncoder>> createVideoEncoder(const VideoEncodeSpec& spec, PacketSink& sink) override {
        const GpuEngine* engine = gpus_ ? gpus_->pick() : nullptr;
        return tessera::createVideoEncoder(spec, sink, engine == nullptr ? nullptr : engine->device);
    }
    Result<std::unique_ptr<AudioEncoder>> createAudioEncoder(const AudioEncodeSpec& spec, PacketSink& sink) override {
        return tessera::createAudioEncoder(spec, sink);
    }
    std::shared_ptr<LoudnessMeter> createLoudnessMeter() override { return tessera::createLoudnessMeter(); }
    Result<std::unique_ptr<Ingest>> createIngest(const IngestSpec& spec, const Timeline& timeline,
                                                 SourceFeedPtr feed) override {
        const auto row = findIngest(spec.kind);
        if (!row) return row.error();
        const auto complete = completeIngest(spec);
        if (!complete) return complete.error();
        return (*row)->create(*complete, {timeline, std::move(feed), settings_, ingests_.fetch_add(1)});
    }
    Result<OutputTraits> outputTraits(std::string_view kind, const Params& params) override {
        const auto row = findOutput(kind);
        if (!row) return row.error();
        return (*row)->traits(params);
    }
    Result<std::unique_ptr<Output>> createOutput(const OutputRequest& request) override {
        const auto row = findOutput(request.kind);
        if (!row) return row.error();
        if ((*row)->send != nullptr) {
            if (ends_.whip == nullptr) return unsupported("nothing can be sent over WebRTC here", "kind");
            return (*row)->send(request, *ends_.whip);
        }
        if ((*row)->record != nullptr && ends_.onFile) return (*row)->record(request, ends_.onFile);
        if ((*row)->publish == nullptr) return (*row)->create(request);
        if (ends_.hls == nullptr) return unsupported("nothing can be published here", "kind");
        return (*row)->publish(request, *ends_.hls);
    }
    std::unique_ptr<Compositor> createCompositor(std::string_view meeting) override {
        return createGpuCompositor(gpus_ ? gpus_->composers()->place(meeting) : nullptr);
    }
    TextRasterizer& textRasterizer() override { return *rasterizer_; }
    Result<FramePtr> loadPicture(const std::string& name) override {
        const auto path = findImage(settings_.filesRoot, name);
        if (!path) return path.error();
        return readPicture(*path);
    }
    Result<OverlayPtr> loadOverlay(const std::string& name, Size box) override {
        const auto path = findImage(settings_.filesRoot, name);
        if (!path) return path.error();
        return readOverlay(*path, box);
    }

private:
    const IngestSettings settings_;
    std::shared_ptr<const GpuEngines> gpus_;
    const OutputEnds ends_;
    std::unique_ptr<TextRasterizer> rasterizer_ = createPangoTextRasterizer();
    std::atomic<int> ingests_{0};  ///< made so far: gives each test source a hue of its own
};

}  // namespace

std::unique_ptr<MediaFactory> createMediaFactory(IngestSettings settings, std::shared_ptr<const GpuEngines> gpus,
                                                 OutputEnds ends) {
    return std::make_unique<LibraryMediaFactory>(std::move(settings), std::move(gpus), std::move(ends));
}

}  // namespace tessera
