#include <algorithm>

#include "mcu/scene/layouts/layouts.h"
#include "mcu/scene/layouts/selection.h"
#include "mcu/scene/layouts/tiling.h"

namespace tessera {

namespace {

/// Between the inset and the canvas' edges: 20 pixels at 720 lines, so that the inset seems to float.
int insetMargin(Size canvas) {
    return evenDown(std::min(canvas.width, canvas.height) / 36);
}

Rect insetRect(Size canvas, const LayoutParams& params) {
    const double fraction = params.insetFraction >= 0.1 ? std::min(params.insetFraction, 0.5) : 0.1;
    const int margin = insetMargin(canvas);
    const Size size = wideSize({static_cast<int>(canvas.width * fraction), std::max(canvas.height / 2 - margin, 2)});
    const bool isLeft = params.corner == "top-left" || params.corner == "bottom-left";
    const bool isTop = params.corner == "top-left" || params.corner == "top-right";
    return {isLeft ? margin : canvas.width - margin - size.width, isTop ? margin : canvas.height - margin - size.height,
            size.width, size.height};
}

}  // namespace

void placePictureInPicture(Size canvas, std::span<const LayoutSource> sources, const LayoutParams& params,
                           std::span<const int>, std::vector<Tile>& tiles) {
    TileWriter writer(sources, params, tiles);
    const int large = lead(sources, ScreenRank::BeforeSpeakers);
    if (large < 0) return;
    writer.add(large, wholeCanvas(canvas));
    const int inset = lead(sources, ScreenRank::LikeAnyone, large);
    if (inset >= 0) writer.add(inset, insetRect(canvas, params), 1);
}

}  // namespace tessera
