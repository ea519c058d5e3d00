#include <algorithm>

#include "mcu/scene/layouts/layouts.h"
#include "mcu/scene/layouts/selection.h"
#include "mcu/scene/layouts/tiling.h"

namespace tessera {

namespace {

struct StripSplit {
    Rect large;
    Rect strip;
};

/// Cuts the strip off one side of the canvas, `gap` apart from the rest.
StripSplit cutStrip(Size canvas, const LayoutParams& params) {
    const bool isColumn = params.strip == "left" || params.strip == "right";
    const int length = isColumn ? canvas.width : canvas.height;
    const double fraction = params.stripFraction >= 0.1 ? std::min(params.stripFraction, 0.5) : 0.1;
    const int strip = std::max(evenDown(static_cast<int>(length * fraction)), 2);
    const int gap = evenDown(std::clamp(params.gap, 0, (length - strip) / 2));
    const int rest = length - strip - gap;
    if (params.strip == "left") return {{strip + gap, 0, rest, canvas.height}, {0, 0, strip, canvas.height}};
    if (params.strip == "right") return {{0, 0, rest, canvas.height}, {rest + gap, 0, strip, canvas.height}};
    if (params.strip == "top") return {{0, strip + gap, canvas.width, rest}, {0, 0, canvas.width, strip}};
    return {{0, 0, canvas.width, rest}, {0, rest + gap, canvas.width, strip}};
}

void placeLargeAndStrip(Size canvas, TileWriter& writer, const LayoutParams& params, int large,
                        const Selection& others) {
    if (others.count == 0) {
        writer.addLarge(large, wholeCanvas(canvas));
        return;
    }
    const StripSplit split = cutStrip(canvas, params);
    writer.addLarge(large, split.large);
    writer.addGrid(split.strip, bestGrid(split.strip.size(), others.count, params.gap), others.span());
}

}  // namespace

void placeSpeaker(Size canvas, std::span<const LayoutSource> sources, const LayoutParams& params, std::span<const int>,
                  std::vector<Tile>& tiles) {
    TileWriter writer(sources, params, tiles);
    const int large = lead(sources, ScreenRank::LikeAnyone);
    if (large < 0) return;
    placeLargeAndStrip(canvas, writer, params, large, choose(sources, kMaximumTiles - 1, large));
}

void placePresentation(Size canvas, std::span<const LayoutSource> sources, const LayoutParams& params,
                       std::span<const int> custom, std::vector<Tile>& tiles) {
    const int screen = lead(sources, ScreenRank::Only);
    if (screen < 0) return placeSpeaker(canvas, sources, params, custom, tiles);
    TileWriter writer(sources, params, tiles);
    placeLargeAndStrip(canvas, writer, params, screen, choose(sources, kMaximumTiles - 1, screen));
}

}  // namespace tessera
