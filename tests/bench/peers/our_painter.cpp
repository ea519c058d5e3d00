#include "mcu/base/check.h"
#include "mcu/video/compositor.h"

#include "pipelines/raster/pango_text_rasterizer.h"
#include "tests/bench/peers/painter.h"

namespace tessera {
namespace {

constexpr int kCornerRadius = 16;

class OurPainter final : public Painter {
public:
    OurPainter(const BenchCase& drawn, const SourceSet& sources, const PixelKernels& kernels, ScaleFilter filter)
        : sources_(sources), knowsStatic_(drawn.knowsStatic), compositor_(createCpuCompositor(kernels)) {
        composition_.canvas = drawn.canvas;
        frames_.resize(drawn.tiles.size());
        for (std::size_t i = 0; i < drawn.tiles.size(); ++i) addLayer(drawn.tiles[i].rect, filter, drawn.isDecorated);
    }

    void prepare() override {
        for (std::size_t i = 0; i < frames_.size(); ++i) {
            if (frames_[i] && sources_.isStatic(i) && knowsStatic_) continue;
            auto frame = std::make_shared<VideoFrame>();
            frame->size = sources_.size(i);
            for (std::size_t k = 0; k < 3; ++k) frame->planes[k] = sources_.plane(i, k);
            frames_[i] = std::move(frame);
        }
    }

    void paint() override {
        auto drawn = compositor_->compose(composition_, frames_, MediaTime{});
        TESSERA_CHECK(drawn.ok());
        held_[++count_ % held_.size()] = std::move(*drawn);
    }

    std::optional<Painting> painted() const override {
        const FramePtr& frame = held_[count_ % held_.size()];
        return Painting{frame->size, frame->planes};
    }

private:
    void addLayer(const Rect& rect, ScaleFilter filter, bool isDecorated) {
        Layer layer;
        layer.source = static_cast<int>(composition_.layers.size());
        layer.rect = rect;
        layer.filter = filter;
        layer.fit = Fit::Contain;  // as the others: the whole picture
        if (isDecorated) {
            const TileScale scale = tileScale({rect.width, rect.height});
            const auto label = createPangoTextRasterizer()->label("Participant " + std::to_string(layer.source + 1),
                                                                  labelHeight(scale), labelMaxWidth(scale));
            TESSERA_CHECK(label.ok());
            labels_.push_back(*label);
            layer.label = labels_.back().get();
            layer.cornerRadius = kCornerRadius;
        }
        composition_.layers.push_back(layer);
    }

    // Borrowed
    const SourceSet& sources_;

    // Owned
    bool knowsStatic_;
    std::unique_ptr<Compositor> compositor_;
    Composition composition_;
    std::vector<OverlayPtr> labels_;

    // State
    std::vector<FramePtr> frames_;
    std::array<FramePtr, 2> held_;  ///< as an encoder holds them
    std::size_t count_ = 0;
};

}  // namespace

PainterPtr createOurPainter(const BenchCase& drawn, const SourceSet& sources, const PixelKernels& kernels,
                            ScaleFilter filter) {
    return std::make_unique<OurPainter>(drawn, sources, kernels, filter);
}

}  // namespace tessera
