#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "mcu/scene/composition.h"

#include "tests/conformance/random_pictures.h"

namespace tessera::conformance {

/// Pictures and a composition that a seed determines: sizes of both parities, strides with slack, ratios from 1:8 to
/// 8:1, all fits, filters, orientations and colour systems, overlays, overlapping tiles, opacity, borders, rounded
/// corners.
class RandomScene {
public:
    explicit RandomScene(std::uint32_t seed) : random_(seed) {
        composition.canvas = random_.oneIn(20) ? Size{random_.even(300, 480), random_.even(160, 320)}
                                               : Size{random_.even(16, 200), random_.even(16, 160)};
        composition.background = random_.color();
        const int layers = random_.number(1, 5);
        if (random_.oneIn(5))
            composition.backgroundImage = random_.frame({random_.number(16, 300), random_.number(16, 300)});
        for (int i = 0; i < layers; ++i) addLayer(i);
        for (int i = random_.number(-2, 2); i > 0; --i) addOverlay();
    }

    Composition composition;
    std::vector<FramePtr> frames;

private:
    void addLayer(int index) {
        const Size canvas = composition.canvas;
        Layer layer;
        layer.source = random_.oneIn(12) ? -1 : index;
        layer.rect.width = random_.even(2, canvas.width);
        layer.rect.height = random_.even(2, canvas.height);
        layer.rect.x = random_.even(0, canvas.width - layer.rect.width);
        layer.rect.y = random_.even(0, canvas.height - layer.rect.height);
        layer.fit = random_.oneIn(2) ? Fit::Contain : Fit::Cover;
        layer.filter = filter();
        if (random_.oneIn(3)) layer.orientation = random_.orientation();
        layer.opacity = random_.oneIn(4) ? random_.number(0, 255) : 255;
        if (random_.oneIn(2))
            layer.cornerRadius = random_.even(0, std::min({layer.rect.width, layer.rect.height, 60}) / 2);
        layer.placeholder = random_.oneIn(6);
        layer.level = random_.oneIn(3) ? random_.number(0, 256) : 256;
        layer.border = random_.oneIn(3) ? random_.even(2, 12) : 0;
        layer.borderColor = random_.color();
        layer.fill = random_.color();
        if (random_.oneIn(2)) layer.label = overlay();
        if (random_.oneIn(3)) layer.labelInset = random_.even(0, 40);
        if (random_.oneIn(2)) layer.avatar = overlay();
        composition.layers.push_back(layer);
        frames.push_back(random_.oneIn(10) ? nullptr : random_.frame(sourceSize(layer.rect.size())));
    }

    void addOverlay() {
        const Size canvas = composition.canvas;
        PlacedOverlay placed;
        placed.overlay = overlay();
        placed.x = 2 * random_.number(-20, canvas.width / 2);
        placed.y = 2 * random_.number(-20, canvas.height / 2);
        placed.opacity = random_.oneIn(2) ? 255 : random_.number(0, 255);
        placed.clip = {0, 0, canvas.width, canvas.height};
        if (random_.oneIn(2)) {
            placed.clip.x = random_.even(0, canvas.width - 2);
            placed.clip.y = random_.even(0, canvas.height - 2);
            placed.clip.width = random_.even(2, canvas.width - placed.clip.x);
            placed.clip.height = random_.even(2, canvas.height - placed.clip.y);
        }
        composition.overlays.push_back(placed);
    }

    ScaleFilter filter() { return static_cast<ScaleFilter>(random_.number(0, 2)); }

    /// Mostly of the tile's size times 1/8 to 8, sometimes exactly once or twice it.
    Size sourceSize(Size tile) {
        if (random_.oneIn(5)) return {std::max(16, tile.width), std::max(16, tile.height)};
        if (random_.oneIn(5)) return {std::max(16, 2 * tile.width), std::max(16, 2 * tile.height)};
        const auto scaled = [this](int length) {
            const int eighths = random_.oneIn(2) ? random_.number(1, 8) : random_.number(8, 64);
            return std::clamp(length * eighths / 8 + random_.number(-1, 1), 16, 1000);
        };
        return {scaled(tile.width), scaled(tile.height)};
    }

    const Overlay* overlay() {
        overlays_.push_back(random_.overlay({random_.even(2, 60), random_.even(2, 40)}));
        return overlays_.back().get();
    }

    RandomPictures random_;
    std::vector<OverlayPtr> overlays_;
};

}  // namespace tessera::conformance
