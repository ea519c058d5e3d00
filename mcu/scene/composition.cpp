#include "mcu/scene/composition.h"

#include <algorithm>
#include <cmath>

#include "mcu/scene/layout_catalog.h"

namespace tessera {

namespace {

constexpr int kBorderAt720 = 4;
constexpr Yuv kBorderColor = yuvFromRgb(255, 179, 64);
constexpr Yuv kPlaceholderFill{46, 131, 126};

const LayoutRow& layoutOrGrid(std::string_view name) {
    const auto catalog = layoutCatalog();
    const auto found =
        std::find_if(catalog.begin(), catalog.end(), [&](const LayoutRow& row) { return row.name == name; });
    return found == catalog.end() ? catalog.front() : *found;
}

void takeSources(const Scene& scene, std::span<const StageSource> stage, ResolveScratch& scratch) {
    scratch.sources.clear();
    scratch.indices.clear();
    for (std::size_t i = 0; i < stage.size(); ++i) {
        if (!scene.excludeParticipant.empty() && stage[i].participant == scene.excludeParticipant) continue;
        scratch.sources.push_back(stage[i].traits);
        scratch.indices.push_back(static_cast<int>(i));
    }
}

bool isTaken(const ResolveScratch& scratch, int source) {
    return std::find(scratch.custom.begin(), scratch.custom.end(), source) != scratch.custom.end();
}

/// The source with that id, or the participant's first that no tile has yet, or else the participant's first.
int findNamed(std::string_view name, std::span<const StageSource> stage, const ResolveScratch& scratch) {
    int fallback = -1;
    for (int i = 0; i < static_cast<int>(scratch.indices.size()); ++i) {
        const StageSource& source = stage[static_cast<std::size_t>(scratch.indices[static_cast<std::size_t>(i)])];
        if (source.id == name) return i;
        if (source.participant != name) continue;
        if (!isTaken(scratch, i)) return i;
        if (fallback < 0) fallback = i;
    }
    return fallback;
}

/// Named tiles choose first, so that an unnamed tile before them does not take their source.
void assignCustomTiles(std::span<const CustomTile> tiles, std::span<const StageSource> stage, ResolveScratch& scratch) {
    scratch.custom.assign(tiles.size(), -1);
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        if (!tiles[i].source.empty()) scratch.custom[i] = findNamed(tiles[i].source, stage, scratch);
    }
    int next = 0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        if (!tiles[i].source.empty()) continue;
        while (next < static_cast<int>(scratch.sources.size()) && isTaken(scratch, next)) ++next;
        if (next == static_cast<int>(scratch.sources.size())) return;
        scratch.custom[i] = next;
    }
}

/// Pixels, even, from 2: scaled with the canvas.
int borderThickness(Size canvas) {
    const int scaled = (kBorderAt720 * std::min(canvas.width, canvas.height) + 360) / 720;
    return std::max(scaled / 2 * 2, 2);
}

const Overlay* ifFits(const OverlayPtr& overlay, Size room) {
    const bool fits = overlay && overlay->size.width <= room.width && overlay->size.height <= room.height;
    return fits ? overlay.get() : nullptr;
}

Layer toLayer(const Scene& scene, const StageSource& source, const Tile& tile) {
    Layer layer;
    layer.rect = tile.rect;
    layer.fit = tile.fit;
    layer.orientation = source.orientation;
    layer.opacity = static_cast<int>(std::lround(tile.opacity * kOpaque));
    layer.cornerRadius = std::min(scene.cornerRadius, std::min(tile.rect.width, tile.rect.height) / 4 * 2);
    layer.border = scene.border;
    layer.borderColor = scene.borderColor;
    layer.placeholder = !source.traits.hasVideo;
    layer.fill = layer.placeholder ? kPlaceholderFill : scene.background;
    if (source.traits.hasVideo && source.pictureAge > kDimAfter) layer.level = kDimLevel;
    dressLayer(source, scene.labels, layer);
    return layer;
}

}  // namespace

void dressLayer(const StageSource& source, bool hasLabel, Layer& layer) {
    const Size tile = layer.rect.size();
    const auto scale = static_cast<std::size_t>(tileScale(tile));
    layer.avatar = layer.placeholder ? ifFits(source.avatars[scale], tile) : nullptr;
    layer.label = nullptr;
    for (const int inset : {labelInset(layer.cornerRadius, layer.border), kLabelInset}) {
        if (!hasLabel || layer.label != nullptr) break;
        layer.label = ifFits(source.labels[scale], {tile.width - 2 * inset, tile.height - 2 * inset});
        layer.labelInset = inset;
    }
}

void resolve(const Scene& scene, Size canvas, std::span<const StageSource> stage, ResolveScratch& scratch,
             Composition& composition) {
    composition.canvas = canvas;
    composition.background = scene.background;
    composition.layers.clear();
    composition.overlays.clear();
    takeSources(scene, stage, scratch);
    assignCustomTiles(scene.params.tiles, stage, scratch);
    layoutOrGrid(scene.layout).place(canvas, scratch.sources, scene.params, scratch.custom, scratch.tiles);

    for (const Tile& tile : scratch.tiles) {
        const int index = scratch.indices[static_cast<std::size_t>(tile.source)];
        const StageSource& source = stage[static_cast<std::size_t>(index)];
        Layer layer = toLayer(scene, source, tile);
        layer.source = index;
        const bool isSpeaking = source.traits.speakerRank == 0;
        if (scene.activeSpeakerBorder && isSpeaking && scratch.tiles.size() > 1) {
            layer.border = std::max(borderThickness(canvas), scene.border);
            layer.borderColor = kBorderColor;
        }
        composition.layers.push_back(layer);
    }
}

}  // namespace tessera
