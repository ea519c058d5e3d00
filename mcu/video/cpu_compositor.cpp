#include <algorithm>
#include <vector>

#include "mcu/base/check.h"
#include "mcu/media/frame_pool.h"
#include "mcu/video/background.h"
#include "mcu/video/canvas.h"
#include "mcu/video/compositor.h"
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

class CpuCompositor final : public Compositor {
public:
    CpuCompositor() : kernels_(pixelKernels()), painter_(kernels_) {}

    void submit(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) override {
        checkRectangles(composition);
        submitted_ = {&composition, frames, pts};
    }

    Result<FramePtr> collect() override {
        TESSERA_CHECK(submitted_.composition != nullptr);
        const auto [composition, frames, pts] = std::exchange(submitted_, {});
        painter_.startFrame();
        WritableFrame frame = poolOf(composition->canvas).take();
        const Canvas canvas(frame, kernels_);
        drawBackground(canvas, *composition);
        for (const Layer& layer : composition->layers) {
            const auto index = static_cast<std::size_t>(layer.source);
            const bool hasFrame = layer.source >= 0 && index < frames.size() && isDrawable(frames[index]);
            painter_.paint(canvas, layer, hasFrame ? frames[index].get() : nullptr);
        }
        for (const PlacedOverlay& placed : composition->overlays) canvas.blend(placed);
        frame.frame->pts = pts;
        return std::move(frame).publish();
    }

private:
    /// Views of one mixer differ in size; more sizes than this make pools come and go.
    static constexpr std::size_t kPools = 8;

    struct Submitted {
        const Composition* composition = nullptr;
        std::span<const FramePtr> frames;
        MediaTime pts;
    };

    FramePool& poolOf(Size size) {
        const auto found =
            std::find_if(pools_.begin(), pools_.end(), [size](const FramePool& pool) { return pool.size() == size; });
        if (found != pools_.end()) return *found;
        if (pools_.size() == kPools) pools_.erase(pools_.begin());
        return pools_.emplace_back(size);
    }

    void drawBackground(const Canvas& canvas, const Composition& composition) {
        const auto gaps = background_.uncovered(composition.canvas, composition.layers);
        if (!isDrawable(composition.backgroundImage)) {
            for (const Rect& gap : gaps) canvas.fill(gap, composition.background);
            return;
        }
        if (gaps.empty()) return;
        const Canvas image = scaledImage(*composition.backgroundImage, composition.canvas);
        for (const Rect& gap : gaps) canvas.copy(image, gap);
    }

    /// The background image as it stands behind everything, kept while picture and canvas stay the same.
    Canvas scaledImage(const VideoFrame& picture, Size size) {
        if (image_.frame && imageId_ == picture.id && image_.frame->size == size) return {image_, kernels_};
        imageId_ = picture.id;
        image_ = FramePool(size).take();
        Layer layer;
        layer.rect = {0, 0, size.width, size.height};
        painter_.paint({image_, kernels_}, layer, &picture);
        return {image_, kernels_};
    }

    // Borrowed between submit and collect
    Submitted submitted_;
    // Owned
    std::vector<FramePool> pools_;
    Background background_;
    // State
    const PixelKernels& kernels_;
    LayerPainter painter_;
    WritableFrame image_;
    std::uint64_t imageId_ = 0;
};

}  // namespace

std::unique_ptr<Compositor> createCpuCompositor() {
    return std::make_unique<CpuCompositor>();
}

}  // namespace tessera
