#include "mcu/video/view_transition.h"

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

int opacityBetween(int from, int to, double share) {
    return static_cast<int>(std::lround(from + (to - from) * share));
}

OverlayPtr ownerOf(const Overlay* overlay, const std::array<OverlayPtr, kTileScales>& owners) {
    const auto found = std::find_if(owners.begin(), owners.end(),
                                    [overlay](const OverlayPtr& owner) { return owner.get() == overlay; });
    return overlay == nullptr || found == owners.end() ? nullptr : *found;
}

std::string_view sourceOf(const Layer& layer, std::span<const StageSource> stage) {
    return stage[static_cast<std::size_t>(layer.source)].id;
}

}  // namespace

bool ViewTransition::isAsked(std::span<const StageSource> stage, const Composition& composition) const {
    if (asked_.size() != composition.layers.size()) return false;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        const Layer& layer = composition.layers[i];
        if (layer.rect != asked_[i].rect || sourceOf(layer, stage) != asked_[i].source) return false;
    }
    return true;
}

void ViewTransition::rememberAsked(std::span<const StageSource> stage, const Composition& composition) {
    asked_.resize(composition.layers.size());
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        asked_[i].source = sourceOf(composition.layers[i], stage);
        asked_[i].rect = composition.layers[i].rect;
    }
}

void ViewTransition::rememberShown(std::span<const StageSource> stage, std::span<const FramePtr> frames,
                                   const Composition& composition) {
    shown_.resize(composition.layers.size());
    for (std::size_t i = 0; i < shown_.size(); ++i) {
        Tile& tile = shown_[i];
        const Layer& layer = composition.layers[i];
        const auto index = static_cast<std::size_t>(layer.source);
        tile.layer = layer;
        tile.frame = index < frames.size() ? frames[index] : nullptr;
        if (index >= stage.size()) {  // of a source that has left: it fades out whatever comes
            tile.source.clear();
            tile.label = tile.avatar = nullptr;
            continue;
        }
        tile.source = stage[index].id;
        tile.label = ownerOf(layer.label, stage[index].labels);
        tile.avatar = ownerOf(layer.avatar, stage[index].avatars);
    }
}

void ViewTransition::apply(const SceneTransition& transition, MediaTime now, std::span<const StageSource> stage,
                           std::vector<FramePtr>& frames, Composition& composition) {
    if (transition.kind == TransitionKind::Cut || composition.canvas != canvas_) {
        isRunning_ = false;
        shown_.clear();
        asked_.clear();
        canvas_ = composition.canvas;
        if (transition.kind == TransitionKind::Cut) return;
    } else if (!isAsked(stage, composition) && !shown_.empty()) {
        std::swap(from_, shown_);
        transition_ = transition;
        begin_ = now;
        isRunning_ = true;
    }
    rememberAsked(stage, composition);
    if (isRunning_ && now - begin_ >= transition_.duration) {
        isRunning_ = false;
        from_.clear();
    }
    if (isRunning_) {
        const double part =
            static_cast<double>((now - begin_).count()) / static_cast<double>(transition_.duration.count());
        draw(easeInOut(std::clamp(part, 0.0, 1.0)), stage, frames, composition);
    }
    rememberShown(stage, frames, composition);
}

void ViewTransition::draw(double share, std::span<const StageSource> stage, std::vector<FramePtr>& frames,
                          Composition& composition) {
    origin_.assign(composition.layers.size(), -1);
    std::swap(layers_, composition.layers);
    composition.layers.clear();
    for (std::size_t k = 0; k < from_.size(); ++k) {
        const Tile& from = from_[k];
        bool stays = false;
        for (std::size_t i = 0; i < layers_.size() && !stays; ++i) {
            const bool isSame = origin_[i] < 0 && sourceOf(layers_[i], stage) == from.source;
            stays = isSame && (transition_.kind == TransitionKind::Move || layers_[i].rect == from.layer.rect);
            if (stays) origin_[i] = static_cast<int>(k);
        }
        if (!stays) addLeaving(from, share, stage, frames, composition);
    }
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        Layer layer = layers_[i];
        if (origin_[i] >= 0) {
            const StageSource& source = stage[static_cast<std::size_t>(layer.source)];
            leadFrom(from_[static_cast<std::size_t>(origin_[i])], share, source, layer);
        } else {
            layer.opacity = opacityBetween(0, layer.opacity, share);
        }
        composition.layers.push_back(layer);
    }
}

void ViewTransition::leadFrom(const Tile& from, double share, const StageSource& source, Layer& layer) const {
    const Size size = layer.rect.size();
    layer.rect = rectBetween(from.layer.rect, layer.rect, share);
    layer.opacity = opacityBetween(from.layer.opacity, layer.opacity, share);
    if (layer.rect.size() == size) return;
    // A new size in every tick: the filter whose tables are cheap, and which does not alias.
    layer.filter = ScaleFilter::Area;
    layer.cornerRadius = std::min(layer.cornerRadius, std::min(layer.rect.width, layer.rect.height) / 4 * 2);
    dressLayer(source, layer.label != nullptr || from.layer.label != nullptr, layer);
}

/// A tile fades out; under one that takes its place it stays until it is covered. It fades late, because others that
/// fade in may lie over part of it: both at half would let the background through by a quarter, so it is a tenth at
/// most.
void ViewTransition::addLeaving(const Tile& tile, double share, std::span<const StageSource> stage,
                                std::vector<FramePtr>& frames, Composition& composition) const {
    Layer layer = tile.layer;
    layer.label = tile.label.get();
    layer.avatar = tile.avatar.get();
    const bool isReplaced =
        std::any_of(layers_.begin(), layers_.end(), [&layer](const Layer& asked) { return asked.rect == layer.rect; });
    if (!isReplaced) layer.opacity = opacityBetween(layer.opacity, 0, share * share * share);
    const auto found = std::find_if(stage.begin(), stage.end(),
                                    [&tile](const StageSource& source) { return source.id == tile.source; });
    const auto index = static_cast<std::size_t>(found - stage.begin());
    layer.source = static_cast<int>(index);
    if (found == stage.end() || frames[index] == nullptr) {
        layer.source = static_cast<int>(frames.size());
        layer.placeholder = tile.frame == nullptr;
        frames.push_back(tile.frame);
    }
    composition.layers.push_back(layer);
}

}  // namespace tessera
