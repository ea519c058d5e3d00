#pragma once

#include <span>
#include <vector>

#include "mcu/scene/layout.h"

namespace tessera {

/// Pixels are even, because chroma is halved both ways.
constexpr int evenDown(int pixels) {
    return pixels & ~1;
}

constexpr Rect wholeCanvas(Size canvas) {
    return {0, 0, canvas.width, canvas.height};
}

/// Cells of one size, `gap` apart.
struct Grid {
    int columns = 1;
    int rows = 1;
    Size cell;    ///< even; 16:9 to within kAspectTolerance
    int gap = 0;  ///< even
    int width(int cells) const { return cells * cell.width + (cells - 1) * gap; }
    int height(int cells) const { return cells * cell.height + (cells - 1) * gap; }
};

/// A rectangle this near to 16:9 is used whole: a crop of 3 % is less seen than an uneven margin.
inline constexpr double kAspectTolerance = 1.0 / 32;

/// The largest even 16:9 size inside `area`, to within kAspectTolerance; at least 2x2.
Size wideSize(Size area);

/// The largest 16:9 rectangle in the middle of `area`, which is even.
Rect wideRect(const Rect& area);

/// The grid of that many columns and rows that fills `area` best. What does not fit at 2x2 pixels a cell is left
/// out, and gaps never take more than half of the area.
Grid fitGrid(Size area, int columns, int rows, int gap);

/// The grid whose cells are largest for `count` of them; of equals that with fewer empty cells, then the wider.
Grid bestGrid(Size area, int count, int gap);

/// Adds tiles for one call of a layout; gives each the fit of its source.
class TileWriter {
public:
    TileWriter(std::span<const LayoutSource> sources, const LayoutParams& params, std::vector<Tile>& tiles)
        : sources_(sources), params_(params), tiles_(tiles) {
        tiles_.clear();
    }

    void add(int source, const Rect& rect, int z = 0);

    /// Row by row in the middle of `area`, the last row centred; those beyond the grid are left out.
    void addGrid(const Rect& area, const Grid& grid, std::span<const int> chosen);

    /// A screen gets the whole area, since its shape is not known; a camera the largest 16:9 in it.
    void addLarge(int source, const Rect& area);

private:
    // Borrowed
    std::span<const LayoutSource> sources_;
    const LayoutParams& params_;
    std::vector<Tile>& tiles_;
};

}  // namespace tessera
