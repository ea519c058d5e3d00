#pragma once

#include "gpu/kernel/scale_phase.h"

/// The drawing half of a tile: docs/compositor.md, sections 2 and 7 to 10, one sample at a time.
namespace tessera::kernel {

TESSERA_KERNEL int divide255(int value) {
    const int rounded = value + 128;
    return (rounded + (rounded >> 8)) >> 8;
}

/// Where a sample lies: the plane and its place in samples of that plane.
struct Place {
    int plane = 0;
    int x = 0;
    int y = 0;
};

TESSERA_KERNEL Area inPlane(const Area& area, int plane) {
    return plane == 0 ? area : halved(area);
}
TESSERA_KERNEL bool contains(const Area& area, int x, int y) {
    return x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
}

/// Coverage near the corners of `area`: 255 away from them.
TESSERA_KERNEL int cornerCoverage(const Area& area, const Sample* const* table, int radius, const Place& at) {
    const Area own = inPlane(area, at.plane);
    const int size = at.plane == 0 ? radius : radius >> 1;
    const int i = smaller(at.x - own.x, own.x + own.width - 1 - at.x);
    const int j = smaller(at.y - own.y, own.y + own.height - 1 - at.y);
    if (i >= size || j >= size) return 255;
    return table[at.plane == 0 ? 0 : 1][j * size + i];
}

/// Blends an overlay of some opacity over `below`.
TESSERA_KERNEL int blendOver(const OverlayRow& overlay, int opacity, const Place& at, int below) {
    if (overlay.area.width == 0) return below;
    const Area own = inPlane(overlay.area, at.plane);
    if (!contains(own, at.x, at.y)) return below;
    const std::int64_t offset = static_cast<std::int64_t>(at.y - own.y) * own.width + (at.x - own.x);
    int color = overlay.color[at.plane][offset];
    int alpha = overlay.alpha[at.plane == 0 ? 0 : 1][offset];
    if (opacity < 255) {
        color = divide255(color * opacity);
        alpha = divide255(alpha * opacity);
    }
    return static_cast<Sample>(color + divide255(below * (255 - alpha)));
}

/// A sample of the scaled picture in the canvas' colours, dimmed.
TESSERA_KERNEL int pictureSample(const LayerRow& layer, const TileScratch& scratch, const Area& tile, const Place& at) {
    const int x = at.x - inPlane(tile, at.plane).x, y = at.y - inPlane(tile, at.plane).y;
    const int cx = at.plane == 0 ? x >> 1 : x, cy = at.plane == 0 ? y >> 1 : y;
    int value = at.plane == 0 ? scratch.picture[y][x] : scratch.pictureChroma[at.plane - 1][y][x];
    if (layer.converts != 0) {
        const int u = scratch.pictureChroma[0][cy][cx] - 128, v = scratch.pictureChroma[1][cy][cx] - 128;
        const std::int32_t* c = layer.conversion;
        constexpr int kRound = 1 << 13;
        if (at.plane == 0) value = (c[0] * value + c[1] * u + c[2] * v + c[3] * 16384 + kRound) >> 14;
        if (at.plane == 1) value = (c[4] * u + c[5] * v + 128 * 16384 + kRound) >> 14;
        if (at.plane == 2) value = (c[6] * u + c[7] * v + 128 * 16384 + kRound) >> 14;
        value = clampSample(value);
    }
    const int centre = at.plane == 0 ? 16 : 128;
    return layer.level >= 256 ? value : (value * layer.level + centre * (256 - layer.level) + 128) >> 8;
}

/// The border, and what its rounded inner corners cover.
TESSERA_KERNEL int withBorder(const LayerRow& layer, const Place& at, int value) {
    if (layer.border == 0) return value;
    const Area own = inPlane(layer.rect, at.plane);
    const int i = smaller(at.x - own.x, own.x + own.width - 1 - at.x);
    const int j = smaller(at.y - own.y, own.y + own.height - 1 - at.y);
    const int color = layer.borderColor[at.plane];
    if (smaller(i, j) < (at.plane == 0 ? layer.border : layer.border >> 1)) return color;
    if (layer.innerRadius == 0) return value;
    const Area inner{layer.rect.x + layer.border, layer.rect.y + layer.border, layer.rect.width - 2 * layer.border,
                     layer.rect.height - 2 * layer.border};
    const int c = cornerCoverage(inner, layer.innerCorner, layer.innerRadius, at);
    return c == 255 ? value : divide255(value * c + color * (255 - c));
}

/// What a layer makes of a sample of the canvas.
TESSERA_KERNEL int drawSample(const LayerRow& layer, const TileScratch& scratch, const Area& tile, const Place& at,
                              int below) {
    if (!contains(inPlane(layer.rect, at.plane), at.x, at.y)) return below;
    if (layer.kind == LayerKind::Overlay) return blendOver(layer.label, layer.opacity, at, below);
    int value = layer.fill[at.plane];
    if (layer.kind == LayerKind::Picture && contains(inPlane(layer.picture, at.plane), at.x, at.y)) {
        value = pictureSample(layer, scratch, tile, at);
    }
    if (layer.kind == LayerKind::Placeholder) value = blendOver(layer.avatar, 255, at, value);
    value = withBorder(layer, at, value);
    value = blendOver(layer.label, 255, at, value);
    const int corner = layer.radius == 0 ? 255 : cornerCoverage(layer.rect, layer.corner, layer.radius, at);
    const int coverage = divide255(layer.opacity * corner);
    return coverage == 255 ? value : divide255(value * coverage + below * (255 - coverage));
}

}  // namespace tessera::kernel
