#pragma once

#include <string>
#include <vector>

#include "mcu/media/geometry.h"

namespace tessera {

/// One source and the place that it gets.
struct BenchTile {
    Size source;
    Rect rect;
    bool isStatic = false;  ///< its picture never changes
};

/// What is drawn in one row of the table.
struct BenchCase {
    std::string name;
    Size canvas;
    std::vector<BenchTile> tiles;
    bool isDecorated = false;  ///< ours draws a label and rounded corners on every tile; the others never do
    bool knowsStatic = true;   ///< false: static pictures are announced as new ones every time
};

/// The cases of docs/benchmarks.md.
std::vector<BenchCase> benchCases();

}  // namespace tessera
