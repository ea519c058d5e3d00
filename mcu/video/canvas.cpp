#include "mcu/video/canvas.h"

#include <algorithm>
#include <cstring>

#include "mcu/base/check.h"

namespace tessera {
namespace {

std::uint8_t* rowOf(const TargetRows& rows, int row) {
    return rows.data + static_cast<std::ptrdiff_t>(row) * rows.stride;
}

/// Luma has all the rows and columns of a rectangle, chroma half of them.
constexpr int planeLength(int index, int length) {
    return index == 0 ? length : length / 2;
}

}  // namespace

Rect intersection(const Rect& a, const Rect& b) {
    const int x = std::max(a.x, b.x), y = std::max(a.y, b.y);
    return {x, y, std::min(a.right(), b.right()) - x, std::min(a.bottom(), b.bottom()) - y};
}

Canvas::Canvas(const WritableFrame& frame, const PixelKernels& kernels)
    : kernels_(kernels), data_(frame.data), size_(frame.frame->size), clip_{0, 0, size_.width, size_.height} {
    for (std::size_t i = 0; i < strides_.size(); ++i) strides_[i] = frame.frame->planes[i].stride;
}

Canvas Canvas::clipped(const Rect& clip) const {
    Canvas canvas = *this;
    canvas.clip_ = intersection(clip_, clip);
    return canvas;
}

TargetRows Canvas::plane(int index, const Rect& rect) const {
    const auto i = static_cast<std::size_t>(index);
    const std::ptrdiff_t row = planeLength(index, rect.y);
    return {data_[i] + row * strides_[i] + planeLength(index, rect.x), strides_[i]};
}

void Canvas::fill(const Rect& whole, Yuv color) const {
    const Rect rect = intersection(whole, clip_);
    if (rect.isEmpty()) return;
    const std::array<int, 3> values{color.y, color.u, color.v};
    for (int index = 0; index < 3; ++index) {
        const TargetRows rows = plane(index, rect);
        const auto width = static_cast<std::size_t>(planeLength(index, rect.width));
        for (int y = 0; y < planeLength(index, rect.height); ++y) {
            std::memset(rowOf(rows, y), values[static_cast<std::size_t>(index)], width);
        }
    }
}

void Canvas::border(const Rect& rect, int thickness, Yuv color) const {
    if (2 * thickness >= std::min(rect.width, rect.height)) return fill(rect, color);
    const int sides = rect.height - 2 * thickness;
    fill({rect.x, rect.y, rect.width, thickness}, color);
    fill({rect.x, rect.bottom() - thickness, rect.width, thickness}, color);
    fill({rect.x, rect.y + thickness, thickness, sides}, color);
    fill({rect.right() - thickness, rect.y + thickness, thickness, sides}, color);
}

void Canvas::blend(const Overlay& overlay, int x, int y, const Rect& clip) const {
    const Rect shown = intersection({x, y, overlay.size.width, overlay.size.height}, intersection(clip, clip_));
    if (shown.isEmpty()) return;
    const std::array<const std::uint8_t*, 3> colors{overlay.y.data(), overlay.u.data(), overlay.v.data()};
    for (int index = 0; index < 3; ++index) {
        const std::uint8_t* alpha = index == 0 ? overlay.alpha.data() : overlay.chromaAlpha.data();
        const TargetRows rows = plane(index, shown);
        const std::ptrdiff_t stride = planeLength(index, overlay.size.width);
        const int left = planeLength(index, shown.x - x), top = planeLength(index, shown.y - y);
        for (int row = 0; row < planeLength(index, shown.height); ++row) {
            const std::ptrdiff_t offset = (top + row) * stride + left;
            kernels_.blend(rowOf(rows, row), colors[static_cast<std::size_t>(index)] + offset, alpha + offset,
                           planeLength(index, shown.width));
        }
    }
}

void Canvas::blend(const PlacedOverlay& placed) const {
    const Overlay& overlay = *placed.overlay;
    if (placed.opacity >= kOpaque) return blend(overlay, placed.x, placed.y, placed.clip);
    const Rect clip = intersection(placed.clip, clip_);
    const Rect shown = intersection({placed.x, placed.y, overlay.size.width, overlay.size.height}, clip);
    if (shown.isEmpty() || placed.opacity <= 0) return;
    TESSERA_CHECK(shown.width <= kMaximumWidth);
    std::array<std::uint8_t, kMaximumWidth> color, alpha;
    const std::array<const std::uint8_t*, 3> colors{overlay.y.data(), overlay.u.data(), overlay.v.data()};
    for (int index = 0; index < 3; ++index) {
        const std::uint8_t* alphas = index == 0 ? overlay.alpha.data() : overlay.chromaAlpha.data();
        const TargetRows rows = plane(index, shown);
        const std::ptrdiff_t stride = planeLength(index, overlay.size.width);
        const int left = planeLength(index, shown.x - placed.x), top = planeLength(index, shown.y - placed.y);
        const int width = planeLength(index, shown.width);
        for (int row = 0; row < planeLength(index, shown.height); ++row) {
            const std::ptrdiff_t offset = (top + row) * stride + left;
            kernels_.multiply(colors[static_cast<std::size_t>(index)] + offset, placed.opacity, color.data(), width);
            kernels_.multiply(alphas + offset, placed.opacity, alpha.data(), width);
            kernels_.blend(rowOf(rows, row), color.data(), alpha.data(), width);
        }
    }
}

template <typename Row>
void Canvas::forPartialRows(const RoundedShape& shape, const Rect& rect, Row row) const {
    const Rect shown = intersection(rect, clip_);
    if (shown.isEmpty()) return;
    for (int index = 0; index < 3; ++index) {
        const int width = planeLength(index, rect.width);
        const int first = planeLength(index, shown.x - rect.x), end = first + planeLength(index, shown.width);
        const int top = planeLength(index, shown.y - rect.y);
        const int bottom = top + planeLength(index, shown.height);
        const auto [wholeBegin, wholeEnd] = shape.wholeRows(index);
        for (int y = top; y < bottom; ++y) {
            if (y >= wholeBegin && y < wholeEnd) y = wholeEnd;
            if (y >= bottom) break;
            const auto [left, right] = shape.partial(index, y);
            const int leftEnd = std::min(left, end), rightBegin = std::max(width - right, first);
            if (first < leftEnd) row(index, y, first, leftEnd - first);
            if (rightBegin < end) row(index, y, rightBegin, end - rightBegin);
        }
    }
}

void Canvas::copyAround(const RoundedShape& shape, const Canvas& from, const Rect& rect) const {
    forPartialRows(shape, rect, [&](int index, int y, int x, int count) {
        const TargetRows to = plane(index, rect), source = from.plane(index, rect);
        std::memcpy(rowOf(to, y) + x, rowOf(source, y) + x, static_cast<std::size_t>(count));
    });
}

void Canvas::mix(const RoundedShape& shape, const Canvas& below, const Rect& rect) const {
    TESSERA_CHECK(rect.width <= kMaximumWidth);
    std::array<std::uint8_t, kMaximumWidth> room;
    forPartialRows(shape, rect, [&](int index, int y, int x, int count) {
        const std::uint8_t* covered = shape.coverage(index, y, x, count, room.data());
        kernels_.mix(rowOf(plane(index, rect), y) + x, rowOf(below.plane(index, rect), y) + x, covered, count);
    });
}

void Canvas::fillAround(const RoundedShape& shape, const Rect& rect, Yuv color) const {
    TESSERA_CHECK(rect.width <= kMaximumWidth);
    std::array<std::uint8_t, kMaximumWidth> room, filled;
    const std::array<int, 3> values{color.y, color.u, color.v};
    forPartialRows(shape, rect, [&](int index, int y, int x, int count) {
        const std::uint8_t* covered = shape.coverage(index, y, x, count, room.data());
        std::memset(filled.data(), values[static_cast<std::size_t>(index)], static_cast<std::size_t>(count));
        kernels_.mix(rowOf(plane(index, rect), y) + x, filled.data(), covered, count);
    });
}

void Canvas::copy(const Canvas& from, const Rect& whole) const {
    const Rect rect = intersection(whole, clip_);
    if (rect.isEmpty()) return;
    for (int index = 0; index < 3; ++index) {
        const TargetRows to = plane(index, rect), source = from.plane(index, rect);
        const auto width = static_cast<std::size_t>(planeLength(index, rect.width));
        for (int y = 0; y < planeLength(index, rect.height); ++y) std::memcpy(rowOf(to, y), rowOf(source, y), width);
    }
}

void Canvas::fade(const Rect& whole, int level) const {
    const Rect rect = intersection(whole, clip_);
    if (rect.isEmpty()) return;
    for (int index = 0; index < 3; ++index) {
        const TargetRows rows = plane(index, rect);
        for (int y = 0; y < planeLength(index, rect.height); ++y) {
            kernels_.fade(rowOf(rows, y), planeLength(index, rect.width), level, index == 0 ? 16 : 128);
        }
    }
}

void Canvas::convert(const Rect& whole, const ColorConversion& conversion) const {
    const Rect rect = intersection(whole, clip_);
    if (rect.isEmpty()) return;
    const TargetRows luma = plane(0, rect), u = plane(1, rect), v = plane(2, rect);
    for (int y = 0; y < rect.height; ++y) {
        kernels_.convertLuma(rowOf(luma, y), rowOf(u, y / 2), rowOf(v, y / 2), rect.width, conversion);
        if (y % 2 != 0) kernels_.convertChroma(rowOf(u, y / 2), rowOf(v, y / 2), rect.width / 2, conversion);
    }
}

}  // namespace tessera
