#include "mcu/video/drawn_picture.h"

#include "mcu/video/canvas.h"

namespace tessera {
namespace {

std::uint64_t idOf(const Overlay* overlay) {
    return overlay == nullptr ? 0 : overlay->id;
}

/// What does not show for want of a picture, border or corner is left at its default, so that it makes no difference.
DrawnItem describeLayer(const Layer& layer, const VideoFrame* frame) {
    DrawnItem item;
    item.rect = layer.rect;
    item.opacity = layer.opacity;
    item.cornerRadius = layer.cornerRadius;
    item.label = idOf(layer.label);
    if (layer.label != nullptr) item.labelInset = layer.labelInset;
    item.fill = layer.fill;
    item.border = layer.border;
    if (layer.border > 0) item.borderColor = layer.borderColor;
    if (frame == nullptr) {
        item.avatar = idOf(layer.avatar);
        return item;
    }
    item.picture = frame->id;
    item.fit = layer.fit;
    item.filter = layer.filter;
    item.orientation = frame->orientation.then(layer.orientation);
    item.level = layer.level;
    return item;
}

DrawnItem describeOverlay(const PlacedOverlay& placed) {
    DrawnItem item;
    item.isOverlay = true;
    item.x = placed.x;
    item.y = placed.y;
    item.rect =
        intersection({placed.x, placed.y, placed.overlay->size.width, placed.overlay->size.height}, placed.clip);
    if (item.rect.isEmpty()) item.rect = {};
    item.picture = placed.overlay->id;
    item.opacity = placed.opacity;
    return item;
}

}  // namespace

void DrawnPicture::describe(const Composition& composition, std::span<const VideoFrame* const> frames,
                            const VideoFrame* shown) {
    background = composition.background;
    image = shown == nullptr ? 0 : shown->id;
    items.clear();
    for (std::size_t i = 0; i < composition.layers.size(); ++i) {
        items.push_back(describeLayer(composition.layers[i], frames[i]));
    }
    for (const PlacedOverlay& placed : composition.overlays) items.push_back(describeOverlay(placed));
}

}  // namespace tessera
