#include "tests/bench/peers/bench_case.h"

namespace tessera {
namespace {

std::vector<BenchTile> grid(int columns, Size canvas, Size source) {
    const Size tile{canvas.width / columns / 2 * 2, canvas.height / columns / 2 * 2};
    std::vector<BenchTile> tiles;
    for (int i = 0; i < columns * columns; ++i) {
        tiles.push_back({source, {i % columns * tile.width, i / columns * tile.height, tile.width, tile.height}});
    }
    return tiles;
}

std::vector<BenchTile> slideAndFour() {
    std::vector<BenchTile> tiles{{{1920, 1080}, {0, 44, 1120, 630}, true}};
    for (int i = 0; i < 4; ++i) tiles.push_back({{320, 180}, {1120, 180 + 90 * i, 160, 90}});
    return tiles;
}

}  // namespace

std::vector<BenchCase> benchCases() {
    constexpr Size kHd{1280, 720};
    constexpr Size kFullHd{1920, 1080};
    return {
        {"9x360p-720p", kHd, grid(3, kHd, {640, 360})},
        {"9x360p-720p-decorated", kHd, grid(3, kHd, {640, 360}), true},
        {"25x180p-720p", kHd, grid(5, kHd, {320, 180})},
        {"49x180p-1080p", kFullHd, grid(7, kFullHd, {320, 180})},
        {"slide-and-4-damage", kHd, slideAndFour()},
        {"slide-and-4-redrawn", kHd, slideAndFour(), false, false},
        {"1080p-720p", kHd, {{kFullHd, {0, 0, kHd.width, kHd.height}}}},
    };
}

}  // namespace tessera
