#include "mcu/scene/layouts/tiling.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace tessera {

namespace {

/// The nearest even number, at least 2.
int toEven(double pixels) {
    return std::max(2 * static_cast<int>(std::lround(pixels / 2)), 2);
}

}  // namespace

Size wideSize(Size area) {
    Size size{std::max(evenDown(area.width), 2), std::max(evenDown(area.height), 2)};
    const double wide = size.height * 16.0 / 9;
    const double high = size.width * 9.0 / 16;
    if (size.width > wide * (1 + kAspectTolerance)) size.width = std::min(toEven(wide), size.width);
    if (size.height > high * (1 + kAspectTolerance)) size.height = std::min(toEven(high), size.height);
    return size;
}

Rect wideRect(const Rect& area) {
    const Size size = wideSize(area.size());
    return {area.x + evenDown((area.width - size.width) / 2), area.y + evenDown((area.height - size.height) / 2),
            size.width, size.height};
}

Grid fitGrid(Size area, int columns, int rows, int gap) {
    Grid grid;
    grid.columns = std::clamp(columns, 1, std::max(area.width / 2, 1));
    grid.rows = std::clamp(rows, 1, std::max(area.height / 2, 1));
    const int widest = std::min(area.width / (2 * grid.columns), area.height / (2 * grid.rows));
    grid.gap = evenDown(std::clamp(gap, 0, std::max(widest, 0)));
    grid.cell = wideSize({(area.width - (grid.columns - 1) * grid.gap) / grid.columns,
                          (area.height - (grid.rows - 1) * grid.gap) / grid.rows});
    return grid;
}

Grid bestGrid(Size area, int count, int gap) {
    Grid best = fitGrid(area, 1, 1, gap);
    std::tuple<int, int, int, int> bestScore{-1, 0, 0, 0};
    for (int columns = 1; columns <= count; ++columns) {
        const Grid grid = fitGrid(area, columns, (count + columns - 1) / columns, gap);
        const int cells = grid.columns * grid.rows;
        const std::tuple score{std::min(cells, count), grid.cell.width * grid.cell.height, -cells, columns};
        if (score <= bestScore) continue;
        best = grid;
        bestScore = score;
    }
    return best;
}

void TileWriter::add(int source, const Rect& rect, int z) {
    const bool isScreen = sources_[static_cast<std::size_t>(source)].isScreen;
    tiles_.push_back({source, rect, isScreen ? Fit::Contain : params_.fit, z});
}

void TileWriter::addGrid(const Rect& area, const Grid& grid, std::span<const int> chosen) {
    const int count = std::min(static_cast<int>(chosen.size()), grid.columns * grid.rows);
    const int rows = (count + grid.columns - 1) / grid.columns;
    const int top = area.y + evenDown((area.height - grid.height(rows)) / 2);
    for (int i = 0; i < count; ++i) {
        const int row = i / grid.columns;
        const int inRow = std::min(grid.columns, count - row * grid.columns);
        const int left = area.x + evenDown((area.width - grid.width(inRow)) / 2);
        const Rect rect{left + i % grid.columns * (grid.cell.width + grid.gap),
                        top + row * (grid.cell.height + grid.gap), grid.cell.width, grid.cell.height};
        add(chosen[static_cast<std::size_t>(i)], rect);
    }
}

void TileWriter::addLarge(int source, const Rect& area) {
    add(source, sources_[static_cast<std::size_t>(source)].isScreen ? area : wideRect(area));
}

}  // namespace tessera
