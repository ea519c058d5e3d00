// The painters that need no framework: libyuv, and the two floors.
#include <cstring>
#include <libyuv/scale.h>

#include "mcu/base/check.h"
#include "mcu/media/frame_pool.h"

#include "tests/bench/peers/painter.h"

namespace tessera {
namespace {

/// Canvases as encoders hold them: the one that is written was not touched for two pictures.
class CanvasRing {
public:
    explicit CanvasRing(Size size) : pool_(size) {
        for (WritableFrame& frame : frames_) frame = pool_.take();
    }
    const WritableFrame& next() { return frames_[++index_ % frames_.size()]; }
    const WritableFrame& current() const { return frames_[index_ % frames_.size()]; }

private:
    FramePool pool_;
    std::array<WritableFrame, 3> frames_;
    std::size_t index_ = 0;
};

std::size_t planeBytes(const WritableFrame& frame, std::size_t plane) {
    const int rows = plane == 0 ? frame.frame->size.height : chromaSize(frame.frame->size).height;
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(frame.frame->planes[plane].stride);
}

class LibyuvPainter final : public Painter {
public:
    LibyuvPainter(const BenchCase& drawn, const SourceSet& sources, bool isBox)
        : drawn_(drawn),
          sources_(sources),
          filter_(isBox ? libyuv::kFilterBox : libyuv::kFilterBilinear),
          ring_(drawn.canvas) {}

    void paint() override {
        const WritableFrame& canvas = ring_.next();
        for (std::size_t i = 0; i < drawn_.tiles.size(); ++i) scale(i, canvas);
    }

    std::optional<Painting> painted() const override {
        return Painting{ring_.current().frame->size, ring_.current().frame->planes};
    }

private:
    void scale(std::size_t index, const WritableFrame& canvas) {
        const Rect& rect = drawn_.tiles[index].rect;
        const auto from = [&](std::size_t plane) { return sources_.plane(index, plane); };
        const auto stride = [&](std::size_t plane) { return canvas.frame->planes[plane].stride; };
        const auto to = [&](std::size_t plane) {
            const int shift = plane == 0 ? 0 : 1;
            return canvas.data[plane] + static_cast<std::ptrdiff_t>(rect.y >> shift) * stride(plane) +
                   (rect.x >> shift);
        };
        const Size size = sources_.size(index);
        const int failed = libyuv::I420Scale(from(0).data, from(0).stride, from(1).data, from(1).stride, from(2).data,
                                             from(2).stride, size.width, size.height, to(0), stride(0), to(1),
                                             stride(1), to(2), stride(2), rect.width, rect.height, filter_);
        TESSERA_CHECK(failed == 0);
    }

    // Borrowed
    const BenchCase& drawn_;
    const SourceSet& sources_;

    // State
    libyuv::FilterMode filter_;
    CanvasRing ring_;
};

class FloorPainter final : public Painter {
public:
    FloorPainter(const BenchCase& drawn, const SourceSet& sources) : sources_(sources), ring_(drawn.canvas) {}

    void paint() override {
        constexpr std::size_t kCacheLine = 64;
        unsigned sum = 0;
        for (std::size_t i = 0; i < sources_.count(); ++i) {
            const std::uint8_t* bytes = sources_.bytes(i);
            for (std::size_t k = 0; k < sources_.byteCount(i); k += kCacheLine) sum += bytes[k];
        }
        touched_ = sum;
        const WritableFrame& canvas = ring_.next();
        for (std::size_t i = 0; i < 3; ++i) std::memset(canvas.data[i], 128, planeBytes(canvas, i));
    }

private:
    const SourceSet& sources_;
    CanvasRing ring_;
    volatile unsigned touched_ = 0;
};

class CopyPainter final : public Painter {
public:
    explicit CopyPainter(const BenchCase& drawn) : ring_(drawn.canvas), from_(FramePool(drawn.canvas).take()) {
        for (std::size_t i = 0; i < 3; ++i) std::memset(from_.data[i], 100, planeBytes(from_, i));
    }
    void paint() override {
        const WritableFrame& canvas = ring_.next();
        for (std::size_t i = 0; i < 3; ++i) std::memcpy(canvas.data[i], from_.data[i], planeBytes(canvas, i));
    }

private:
    CanvasRing ring_;
    WritableFrame from_;
};

}  // namespace

PainterPtr createLibyuvPainter(const BenchCase& drawn, const SourceSet& sources, bool isBox) {
    return std::make_unique<LibyuvPainter>(drawn, sources, isBox);
}

PainterPtr createFloorPainter(const BenchCase& drawn, const SourceSet& sources) {
    return std::make_unique<FloorPainter>(drawn, sources);
}

PainterPtr createCopyPainter(const BenchCase& drawn) {
    return std::make_unique<CopyPainter>(drawn);
}

}  // namespace tessera
