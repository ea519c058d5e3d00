#include "mcu/video/background.h"

#include <algorithm>

namespace tessera {

void Background::takeCovered(std::span<const Layer> layers) {
    covered_.clear();
    for (const Layer& layer : layers) {
        if (layer.rect.isEmpty() || layer.opacity < kOpaque) continue;
        const auto [x, y, width, height] = layer.rect;
        const int radius = layer.cornerRadius;
        if (height > 2 * radius) covered_.push_back({x, y + radius, width, height - 2 * radius});
        if (radius == 0 || width == 2 * radius) continue;
        covered_.push_back({x + radius, y, width - 2 * radius, radius});
        covered_.push_back({x + radius, y + height - radius, width - 2 * radius, radius});
    }
}

std::span<const Rect> Background::uncovered(Size canvas, std::span<const Layer> layers) {
    edges_.assign({0, canvas.height});
    gaps_.clear();
    takeCovered(layers);
    for (const Rect& rect : covered_) {
        edges_.push_back(rect.y);
        edges_.push_back(rect.bottom());
    }
    std::sort(edges_.begin(), edges_.end());
    edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
    for (std::size_t i = 0; i + 1 < edges_.size(); ++i) {
        const int top = edges_[i], bottom = edges_[i + 1];
        spans_.clear();
        for (const Rect& rect : covered_) {
            if (rect.y < bottom && rect.bottom() > top) spans_.push_back({rect.x, rect.right()});
        }
        addGaps(top, bottom, canvas.width);
    }
    return gaps_;
}

void Background::addGaps(int top, int bottom, int width) {
    std::sort(spans_.begin(), spans_.end());
    int x = 0;
    for (const Span& span : spans_) {
        if (span.left > x) gaps_.push_back({x, top, span.left - x, bottom - top});
        x = std::max(x, span.right);
    }
    if (x < width) gaps_.push_back({x, top, width - x, bottom - top});
}

}  // namespace tessera
