#include "mcu/video/layer_painter.h"

#include <algorithm>

#include "mcu/video/picture_placement.h"

namespace tessera {
namespace {

void drawAvatar(const Canvas& canvas, const Rect& rect, const Overlay& avatar) {
    const int x = rect.x + (rect.width - avatar.size.width) / 4 * 2;
    const int y = rect.y + (rect.height - avatar.size.height) / 4 * 2;
    canvas.blend(avatar, x, y, rect);
}

void drawLabel(const Canvas& canvas, const Layer& layer) {
    const int y = layer.rect.bottom() - layer.labelInset - layer.label->size.height;
    canvas.blend(*layer.label, layer.rect.x + layer.labelInset, y, layer.rect);
}

/// Fills what a letterboxed picture leaves of its tile.
void fillBars(const Canvas& canvas, const Rect& tile, const Rect& picture, Yuv color) {
    canvas.fill({tile.x, tile.y, tile.width, picture.y - tile.y}, color);
    canvas.fill({tile.x, picture.bottom(), tile.width, tile.bottom() - picture.bottom()}, color);
    canvas.fill({tile.x, picture.y, picture.x - tile.x, picture.height}, color);
    canvas.fill({picture.right(), picture.y, tile.right() - picture.right(), picture.height}, color);
}

/// The same axis from output sample `begin` on.
AxisMapping slice(AxisMapping mapping, int begin, int count) {
    mapping.origin += 4 * mapping.ratioNumerator * begin;
    mapping.targetLength = count;
    return mapping;
}

}  // namespace

void LayerPainter::paint(const Canvas& canvas, const Layer& layer, const VideoFrame* frame) {
    if (layer.rect.isEmpty() || layer.opacity <= 0) return;
    if (layer.opacity >= kOpaque && layer.cornerRadius == 0) return paintOpaque(canvas, layer, frame);
    const RoundedShape shape(cornerOf(layer.cornerRadius), layer.opacity, layer.rect.width, layer.rect.height);
    const Canvas below = belowOf(canvas.size()).clipped(canvas.clip());
    below.copyAround(shape, canvas, layer.rect);
    paintOpaque(canvas, layer, frame);
    canvas.mix(shape, below, layer.rect);
}

Canvas LayerPainter::belowOf(Size size) {
    if (!belowPool_ || belowPool_->size() != size) {
        belowPool_.emplace(size);
        below_ = belowPool_->take();
    }
    return {below_, kernels_};
}

void LayerPainter::paintOpaque(const Canvas& canvas, const Layer& layer, const VideoFrame* frame) {
    if (layer.placeholder || frame == nullptr) {
        canvas.fill(layer.rect, layer.fill);
        if (layer.avatar != nullptr) drawAvatar(canvas, layer.rect, *layer.avatar);
    } else {
        paintPicture(canvas, layer, *frame);
    }
    if (layer.border > 0) paintBorder(canvas, layer);
    if (layer.label != nullptr) drawLabel(canvas, layer);
}

void LayerPainter::paintPicture(const Canvas& canvas, const Layer& layer, const VideoFrame& frame) {
    const Orientation orientation = frame.orientation.then(layer.orientation);
    const PicturePlacement placement = placePicture(frame.size, layer.rect, layer.fit, orientation);
    fillBars(canvas, layer.rect, placement.rect, layer.fill);
    const Rect shown = intersection(placement.rect, canvas.clip());
    if (shown.isEmpty()) return;
    const int left = shown.x - placement.rect.x, top = shown.y - placement.rect.y;
    const auto find = [&](const AxisMapping& axis, int begin, int count) {
        return tables_.find(slice(axis, begin, count), layer.filter);
    };
    const std::array<Plane, 3> planes = turner_.turn(frame, orientation);
    scaler_.scale(planes[0], find(placement.horizontal.luma(), left, shown.width),
                  find(placement.vertical.luma(), top, shown.height), canvas.plane(0, shown));
    const AxisScale columns = find(placement.horizontal.horizontalChroma(), left / 2, shown.width / 2);
    const AxisScale rows = find(placement.vertical.verticalChroma(), top / 2, shown.height / 2);
    scaler_.scale(planes[1], columns, rows, canvas.plane(1, shown));
    scaler_.scale(planes[2], columns, rows, canvas.plane(2, shown));
    const ColorConversion conversion = colorConversion(frame.matrix, frame.range);
    if (!conversion.isIdentity()) canvas.convert(placement.rect, conversion);
    if (layer.level < 256) canvas.fade(placement.rect, std::max(layer.level, 0));
}

void LayerPainter::paintBorder(const Canvas& canvas, const Layer& layer) {
    canvas.border(layer.rect, layer.border, layer.borderColor);
    const int innerRadius = layer.cornerRadius - layer.border;
    const auto [x, y, width, height] = layer.rect;
    if (innerRadius <= 0 || 2 * layer.border >= std::min(width, height)) return;
    const Rect inner{x + layer.border, y + layer.border, width - 2 * layer.border, height - 2 * layer.border};
    canvas.fillAround(RoundedShape(cornerOf(innerRadius), kOpaque, inner.width, inner.height), inner,
                      layer.borderColor);
}

}  // namespace tessera
