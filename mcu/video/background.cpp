#include "mcu/video/background.h"

#include <algorithm>

namespace tessera {

std::span<const Rect> Background::uncovered(Size canvas, std::span<const Layer> layers) {
    edges_.assign({0, canvas.height});
    gaps_.clear();
    for (const Layer& layer : layers) {
        if (layer.rect.isEmpty()) continue;
        edges_.push_back(layer.rect.y);
        edges_.push_back(layer.rect.bottom());
    }
    std::sort(edges_.begin(), edges_.end());
    edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
    for (std::size_t i = 0; i + 1 < edges_.size(); ++i) {
        const int top = edges_[i], bottom = edges_[i + 1];
        spans_.clear();
        for (const Layer& layer : layers) {
            const bool crosses = !layer.rect.isEmpty() && layer.rect.y < bottom && layer.rect.bottom() > top;
            if (crosses) spans_.push_back({layer.rect.x, layer.rect.right()});
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
