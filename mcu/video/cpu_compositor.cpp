#include <algorithm>
#include <vector>

#include "mcu/base/check.h"
#include "mcu/media/frame_pool.h"
#include "mcu/video/background.h"
#include "mcu/video/canvas.h"
#include "mcu/video/compositor.h"
#include "mcu/video/picture_placement.h"
#include "mcu/video/plane_scaler.h"

namespace tessera {
namespace {

constexpr int kLabelInset = 8;

bool isEven(const Rect& rect) {
    return ((rect.x | rect.y | rect.width | rect.height) & 1) == 0;
}

void checkRectangles(const Composition& composition) {
    const Rect canvas{0, 0, composition.canvas.width, composition.canvas.height};
    TESSERA_CHECK(!canvas.isEmpty() && isEven(canvas));
    for (const Layer& layer : composition.layers) {
        TESSERA_CHECK(isEven(layer.rect) && layer.border % 2 == 0);
        TESSERA_CHECK(layer.rect.isEmpty() || intersection(layer.rect, canvas) == layer.rect);
    }
}

bool isDrawable(const FramePtr& frame) {
    return frame && frame->format == PixelFormat::I420 && frame->memory == MemoryKind::Host && !frame->size.isEmpty();
}

void drawAvatar(const Canvas& canvas, const Rect& rect, const Overlay& avatar) {
    const int x = rect.x + (rect.width - avatar.size.width) / 4 * 2;
    const int y = rect.y + (rect.height - avatar.size.height) / 4 * 2;
    canvas.blend(avatar, x, y, rect);
}

void drawLabel(const Canvas& canvas, const Rect& rect, const Overlay& label) {
    canvas.blend(label, rect.x + kLabelInset, rect.bottom() - kLabelInset - label.size.height, rect);
}

/// Fills what a letterboxed picture leaves of its tile.
void fillBars(const Canvas& canvas, const Rect& tile, const Rect& picture, Yuv color) {
    canvas.fill({tile.x, tile.y, tile.width, picture.y - tile.y}, color);
    canvas.fill({tile.x, picture.bottom(), tile.width, tile.bottom() - picture.bottom()}, color);
    canvas.fill({tile.x, picture.y, picture.x - tile.x, picture.height}, color);
    canvas.fill({picture.right(), picture.y, tile.right() - picture.right(), picture.height}, color);
}

class CpuCompositor final : public Compositor {
public:
    explicit CpuCompositor(ScaleFilter filter) : tables_(filter), kernels_(pixelKernels()), scaler_(kernels_) {}

    Result<FramePtr> compose(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) override {
        checkRectangles(composition);
        tables_.startFrame();
        WritableFrame frame = poolOf(composition.canvas).take();
        const Canvas canvas(frame, kernels_);
        for (const Rect& gap : background_.uncovered(composition.canvas, composition.layers)) {
            canvas.fill(gap, composition.background);
        }
        for (const Layer& layer : composition.layers) {
            const auto index = static_cast<std::size_t>(layer.source);
            const bool hasFrame = layer.source >= 0 && index < frames.size() && isDrawable(frames[index]);
            drawLayer(canvas, layer, hasFrame ? frames[index].get() : nullptr);
        }
        frame.frame->pts = pts;
        frame.frame->sequence = ++sequence_;
        return std::move(frame).publish();
    }

private:
    /// Views of one mixer differ in size; more sizes than this make pools come and go.
    static constexpr std::size_t kPools = 8;

    FramePool& poolOf(Size size) {
        const auto found =
            std::find_if(pools_.begin(), pools_.end(), [size](const FramePool& pool) { return pool.size() == size; });
        if (found != pools_.end()) return *found;
        if (pools_.size() == kPools) pools_.erase(pools_.begin());
        return pools_.emplace_back(size);
    }

    void drawLayer(const Canvas& canvas, const Layer& layer, const VideoFrame* frame) {
        if (layer.rect.isEmpty()) return;
        if (layer.placeholder || frame == nullptr) {
            canvas.fill(layer.rect, layer.fill);
            if (layer.avatar != nullptr) drawAvatar(canvas, layer.rect, *layer.avatar);
        } else {
            drawPicture(canvas, layer, *frame);
        }
        if (layer.border > 0) canvas.border(layer.rect, layer.border, layer.borderColor);
        if (layer.label != nullptr) drawLabel(canvas, layer.rect, *layer.label);
    }

    void drawPicture(const Canvas& canvas, const Layer& layer, const VideoFrame& frame) {
        const PicturePlacement placement = placePicture(frame.size, layer.rect, layer.fit);
        fillBars(canvas, layer.rect, placement.rect, layer.fill);
        scaler_.scale(frame.planes[0], tables_.find(placement.horizontal.luma()),
                      tables_.find(placement.vertical.luma()), canvas.plane(0, placement.rect));
        const AxisScale columns = tables_.find(placement.horizontal.horizontalChroma());
        const AxisScale rows = tables_.find(placement.vertical.verticalChroma());
        scaler_.scale(frame.planes[1], columns, rows, canvas.plane(1, placement.rect));
        scaler_.scale(frame.planes[2], columns, rows, canvas.plane(2, placement.rect));
        const ColorConversion conversion = colorConversion(frame.matrix, frame.range);
        if (!conversion.isIdentity()) canvas.convert(placement.rect, conversion);
        if (layer.level < 256) canvas.fade(placement.rect, std::max(layer.level, 0));
    }

    // Owned
    ScaleTableCache tables_;
    std::vector<FramePool> pools_;
    Background background_;

    // State
    const PixelKernels& kernels_;
    PlaneScaler scaler_;
    std::uint64_t sequence_ = 0;
};

}  // namespace

std::unique_ptr<Compositor> createCpuCompositor(ScaleFilter filter) {
    return std::make_unique<CpuCompositor>(filter);
}

}  // namespace tessera
