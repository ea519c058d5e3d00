#include "mcu/scene/layouts/layouts.h"
#include "mcu/scene/layouts/selection.h"
#include "mcu/scene/layouts/tiling.h"

namespace tessera {

namespace {

/// A square of cells of which the large tile covers a square; the small ones fill the rest row by row.
struct Template {
    int small;  ///< number of small tiles
    int cells;  ///< columns and rows
    int first;  ///< column and row where the large tile begins
    int span;   ///< columns and rows that it covers

    bool isCovered(int column, int row) const {
        return column >= first && column < first + span && row >= first && row < first + span;
    }
};

constexpr Template kTemplates[] = {{5, 3, 0, 2}, {7, 4, 0, 3}, {12, 4, 1, 2}};

const Template& templateOf(int small) {
    for (const Template& row : kTemplates) {
        if (row.small == small) return row;
    }
    return kTemplates[0];
}

}  // namespace

void placeOnePlusN(Size canvas, std::span<const LayoutSource> sources, const LayoutParams& params, std::span<const int>,
                   std::vector<Tile>& tiles) {
    TileWriter writer(sources, params, tiles);
    const int large = lead(sources, ScreenRank::LikeAnyone);
    if (large < 0) return;
    const Template& form = templateOf(params.small);
    const Selection others = choose(sources, form.small, large);
    if (others.count == 0) return writer.addLarge(large, wholeCanvas(canvas));

    const Grid grid = fitGrid(canvas, form.cells, form.cells, params.gap);
    const int left = evenDown((canvas.width - grid.width(form.cells)) / 2);
    const int top = evenDown((canvas.height - grid.height(form.cells)) / 2);
    const auto rect = [&](int column, int row, int span) {
        return Rect{left + column * (grid.cell.width + grid.gap), top + row * (grid.cell.height + grid.gap),
                    grid.width(span), grid.height(span)};
    };
    writer.add(large, rect(form.first, form.first, form.span));
    int next = 0;
    for (int cell = 0; cell < form.cells * form.cells && next < others.count; ++cell) {
        const int column = cell % form.cells;
        const int row = cell / form.cells;
        if (form.isCovered(column, row)) continue;
        writer.add(others.indices[static_cast<std::size_t>(next++)], rect(column, row, 1));
    }
}

}  // namespace tessera
