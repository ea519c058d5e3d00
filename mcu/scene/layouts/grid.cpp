#include <algorithm>

#include "mcu/scene/layouts/layouts.h"
#include "mcu/scene/layouts/selection.h"
#include "mcu/scene/layouts/tiling.h"

namespace tessera {

namespace {

int ceilDivide(int count, int by) {
    return (count + by - 1) / by;
}

}  // namespace

void placeGrid(Size canvas, std::span<const LayoutSource> sources, const LayoutParams& params, std::span<const int>,
               std::vector<Tile>& tiles) {
    TileWriter writer(sources, params, tiles);
    const int columns = std::clamp(params.columns, 0, kMaximumTiles);
    const int rows = std::clamp(params.rows, 0, kMaximumTiles);
    const bool isFixed = columns > 0 && rows > 0;
    const Selection chosen = choose(sources, isFixed ? std::min(columns * rows, kMaximumTiles) : kMaximumTiles);
    if (chosen.count == 0) return;

    Grid grid;
    if (isFixed) {
        grid = fitGrid(canvas, columns, rows, params.gap);
    } else if (columns > 0) {
        grid = fitGrid(canvas, columns, ceilDivide(chosen.count, columns), params.gap);
    } else if (rows > 0) {
        const int across = ceilDivide(chosen.count, rows);
        grid = fitGrid(canvas, across, ceilDivide(chosen.count, across), params.gap);
    } else {
        grid = bestGrid(canvas, chosen.count, params.gap);
    }
    writer.addGrid(wholeCanvas(canvas), grid, chosen.span());
}

}  // namespace tessera
