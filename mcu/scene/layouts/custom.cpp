#include <algorithm>

#include "mcu/scene/layouts/layouts.h"
#include "mcu/scene/layouts/tiling.h"

namespace tessera {

namespace {

/// The nearest even pixel inside 0 to `length`; not a number counts as 0.
int toPixel(double fraction, int length) {
    const double inside = fraction > 0 ? std::min(fraction, 1.0) : 0.0;
    return std::min(evenDown(static_cast<int>(inside * length + 1)), length);
}

/// Edges are rounded, not sizes, so that rectangles that touch as fractions touch as pixels.
Rect toRect(const FractionRect& fractions, Size canvas) {
    const int left = toPixel(fractions.x, canvas.width);
    const int top = toPixel(fractions.y, canvas.height);
    return {left, top, toPixel(fractions.x + fractions.width, canvas.width) - left,
            toPixel(fractions.y + fractions.height, canvas.height) - top};
}

/// Stable, and without the buffer that std::stable_sort allocates.
void sortByDepth(std::vector<Tile>& tiles) {
    for (auto it = tiles.begin(); it != tiles.end(); ++it) {
        const auto place = std::upper_bound(tiles.begin(), it, it->z, [](int z, const Tile& t) { return z < t.z; });
        std::rotate(place, it, it + 1);
    }
}

}  // namespace

void placeCustom(Size canvas, std::span<const LayoutSource> sources, const LayoutParams& params,
                 std::span<const int> custom, std::vector<Tile>& tiles) {
    tiles.clear();
    const std::size_t count = std::min({params.tiles.size(), custom.size(), static_cast<std::size_t>(kMaximumTiles)});
    for (std::size_t i = 0; i < count; ++i) {
        const CustomTile& wanted = params.tiles[i];
        const int source = custom[i];
        if (source < 0 || source >= static_cast<int>(sources.size())) continue;
        const Rect rect = toRect(wanted.rect, canvas);
        if (rect.isEmpty()) continue;
        const bool isScreen = sources[static_cast<std::size_t>(source)].isScreen;
        tiles.push_back({source, rect, isScreen ? Fit::Contain : wanted.fit, wanted.z, wanted.opacity});
    }
    sortByDepth(tiles);
}

}  // namespace tessera
