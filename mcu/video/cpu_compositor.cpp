#include <algorithm>
#include <utility>
#include <vector>

#include "mcu/base/check.h"
#include "mcu/media/frame_pool.h"
#include "mcu/video/background.h"
#include "mcu/video/canvas.h"
#include "mcu/video/compositor.h"
#include "mcu/video/damage.h"
#include "mcu/video/layer_painter.h"

namespace tessera {
namespace {

bool isEven(const Rect& rect) {
    return ((rect.x | rect.y | rect.width | rect.height) & 1) == 0;
}

void checkRectangles(const Composition& composition) {
    const Rect canvas{0, 0, composition.canvas.width, composition.canvas.height};
    TESSERA_CHECK(!canvas.isEmpty() && isEven(canvas) && canvas.width <= Canvas::kMaximumWidth);
    for (const Layer& layer : composition.layers) {
        TESSERA_CHECK(isEven(layer.rect) && layer.border % 2 == 0 && layer.cornerRadius % 2 == 0);
        TESSERA_CHECK(layer.rect.isEmpty() || intersection(layer.rect, canvas) == layer.rect);
        TESSERA_CHECK(layer.rect.isEmpty() || 2 * layer.cornerRadius <= std::min(layer.rect.width, layer.rect.height));
    }
    for (const PlacedOverlay& placed : composition.overlays) {
        TESSERA_CHECK(isEven(placed.clip) && (placed.x | placed.y) % 2 == 0);
        TESSERA_CHECK(placed.clip.isEmpty() || intersection(placed.clip, canvas) == placed.clip);
    }
}

bool isDrawable(const FramePtr& frame) {
    return frame && frame->format == PixelFormat::I420 && frame->memory == MemoryKind::Host && !frame->size.isEmpty();
}

/// Canvases of one size, and what each of them shows.
class CanvasPool {
public:
    explicit CanvasPool(Size size) : frames_(size) {}

    Size size() const { return frames_.size(); }
    WritableFrame take() { return frames_.take(); }
    FramePtr repeat(const VideoFrame& frame, MediaTime pts) { return frames_.repeat(frame, pts); }

    /// What the canvas showed when it was drawn last.
    struct Shown {
        const std::uint8_t* canvas = nullptr;
        bool isKnown = false;
        DrawnPicture picture;
    };
    Shown& shownOn(const WritableFrame& frame) {
        const std::uint8_t* canvas = frame.data[0];
        const auto found =
            std::find_if(shown_.begin(), shown_.end(), [canvas](const Shown& shown) { return shown.canvas == canvas; });
        if (found != shown_.end()) return *found;
        return shown_.emplace_back(Shown{canvas, false, {}});
    }

private:
    // State
    FramePool frames_;
    std::vector<Shown> shown_;
};

class CpuCompositor final : public Compositor {
public:
    explicit CpuCompositor(const PixelKernels& kernels) : kernels_(kernels), painter_(kernels_) {}

    void submit(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) override {
        checkRectangles(composition);
        submitted_ = {&composition, frames, pts};
    }

    Result<FramePtr> collect() override {
        TESSERA_CHECK(submitted_.composition != nullptr);
        const auto [composition, frames, pts] = std::exchange(submitted_, {});
        describe(*composition, frames);
        if (last_ && last_->size == composition->canvas && lastDrawn_ == drawn_) return repeated(pts);
        painter_.startFrame();
        CanvasPool& pool = poolOf(composition->canvas);
        WritableFrame frame = pool.take();
        CanvasPool::Shown& shown = pool.shownOn(frame);
        damage_.find(composition->canvas, shown.isKnown ? &shown.picture : nullptr, drawn_);
        draw(Canvas(frame, kernels_), *composition);
        shown.picture = drawn_;
        shown.isKnown = true;
        lastDrawn_ = drawn_;
        frame.frame->pts = pts;
        last_ = std::move(frame).publish();
        return last_;
    }

    CompositorStats stats() const override { return stats_; }

private:
    /// Views of one mixer differ in size; more sizes than this make pools come and go.
    static constexpr std::size_t kPools = 8;

    struct Submitted {
        const Composition* composition = nullptr;
        std::span<const FramePtr> frames;
        MediaTime pts;
    };

    void describe(const Composition& composition, std::span<const FramePtr> frames) {
        pictures_.clear();
        for (const Layer& layer : composition.layers) {
            const auto index = static_cast<std::size_t>(layer.source);
            const bool shows =
                layer.source >= 0 && !layer.placeholder && index < frames.size() && isDrawable(frames[index]);
            pictures_.push_back(shows ? frames[index].get() : nullptr);
        }
        image_ = isDrawable(composition.backgroundImage) ? composition.backgroundImage.get() : nullptr;
        drawn_.describe(composition, pictures_, image_);
    }

    /// The picture before, shown again: the same memory at another time.
    FramePtr repeated(MediaTime pts) {
        last_ = poolOf(last_->size).repeat(*last_, pts);
        stats_.layersKept += pictures_.size();
        return last_;
    }

    CanvasPool& poolOf(Size size) {
        const auto found =
            std::find_if(pools_.begin(), pools_.end(), [size](const CanvasPool& pool) { return pool.size() == size; });
        if (found != pools_.end()) return *found;
        if (pools_.size() == kPools) pools_.erase(pools_.begin());
        return pools_.emplace_back(size);
    }

    void draw(const Canvas& canvas, const Composition& composition) {
        drawBackground(canvas, composition);
        for (std::size_t i = 0; i < pictures_.size(); ++i) {
            const auto boxes = damage_.boxes(i);
            for (const Rect& box : boxes) painter_.paint(canvas.clipped(box), composition.layers[i], pictures_[i]);
            ++(boxes.empty() ? stats_.layersKept : stats_.layersDrawn);
        }
        for (std::size_t i = 0; i < composition.overlays.size(); ++i) {
            for (const Rect& box : damage_.boxes(pictures_.size() + i)) {
                canvas.clipped(box).blend(composition.overlays[i]);
            }
        }
    }

    void drawBackground(const Canvas& canvas, const Composition& composition) {
        if (damage_.area().empty()) return;
        for (const Rect& gap : background_.uncovered(composition.canvas, composition.layers)) {
            for (const Rect& wrong : damage_.area()) {
                const Rect rect = intersection(gap, wrong);
                if (rect.isEmpty()) continue;
                if (image_ == nullptr) {
                    canvas.fill(rect, composition.background);
                } else {
                    canvas.copy(scaledImage(composition.canvas), rect);
                }
            }
        }
    }

    /// The background image as it stands behind everything, kept while picture and canvas stay the same.
    Canvas scaledImage(Size size) {
        if (scaled_.frame && scaledId_ == image_->id && scaled_.frame->size == size) return {scaled_, kernels_};
        scaledId_ = image_->id;
        scaled_ = FramePool(size).take();
        Layer layer;
        layer.rect = {0, 0, size.width, size.height};
        painter_.paint({scaled_, kernels_}, layer, image_);
        return {scaled_, kernels_};
    }

    // Borrowed between submit and collect
    Submitted submitted_;
    std::vector<const VideoFrame*> pictures_;  ///< by layer; null = placeholder
    const VideoFrame* image_ = nullptr;
    // Owned
    std::vector<CanvasPool> pools_;
    Background background_;
    Damage damage_;
    // State
    const PixelKernels& kernels_;
    LayerPainter painter_;
    DrawnPicture drawn_;  ///< what is being drawn
    DrawnPicture lastDrawn_;
    FramePtr last_;
    WritableFrame scaled_;
    std::uint64_t scaledId_ = 0;
    CompositorStats stats_;
};

}  // namespace

std::unique_ptr<Compositor> createCpuCompositor() {
    return createCpuCompositor(pixelKernels());
}

std::unique_ptr<Compositor> createCpuCompositor(const PixelKernels& kernels) {
    return std::make_unique<CpuCompositor>(kernels);
}

}  // namespace tessera
