#pragma once

#include "gpu/kernel/tile_scratch.h"

/// The scaling half of a tile: docs/compositor.md, sections 5 and 6. Runs on the device and, emulated, on the host.
namespace tessera::kernel {

/// A plane together with how often each of its axes is halved.
struct HalvedPlane {
    PlaneSource source;
    int width = 0;  ///< before halving
    int height = 0;
    int columnHalvings = 0;
    int rowHalvings = 0;

    TESSERA_KERNEL int stored(int column, int row) const {
        return source.origin[column * source.columnStep + row * source.rowStep];
    }
};

/// The sample at a place of the plane after so many steps, each of which halves the axes that still need it.
template <int kStep>
struct Halving {
    static TESSERA_KERNEL_CALL int at(const HalvedPlane& plane, int step, int column, int row) {
        if (step < kStep) return Halving<kStep - 1>::at(plane, step, column, row);
        const bool columns = kStep <= plane.columnHalvings, rows = kStep <= plane.rowHalvings;
        const int upper = rows ? 2 * row : row;
        const int lastRow = halvedLength(plane.height, smaller(kStep - 1, plane.rowHalvings)) - 1;
        const int lower = rows ? smaller(upper + 1, lastRow) : upper;
        const int left = columns ? 2 * column : column;
        const int a = pair(plane, left, upper, lower);
        if (!columns) return a;
        const int lastColumn = halvedLength(plane.width, smaller(kStep - 1, plane.columnHalvings)) - 1;
        if (left == lastColumn) return a;
        return (a + pair(plane, left + 1, upper, lower) + 1) >> 1;
    }

private:
    static TESSERA_KERNEL int pair(const HalvedPlane& plane, int column, int upper, int lower) {
        const int a = Halving<kStep - 1>::at(plane, kStep - 1, column, upper);
        if (upper == lower) return a;
        return (a + Halving<kStep - 1>::at(plane, kStep - 1, column, lower) + 1) >> 1;
    }
};

template <>
struct Halving<0> {
    static TESSERA_KERNEL int at(const HalvedPlane& plane, int, int column, int row) {
        return plane.stored(column, row);
    }
};

/// The part of a picture that a tile shows, in samples of one kind of plane.
struct Window {
    Area shown;       ///< canvas samples
    int targetX = 0;  ///< first output sample of each axis
    int targetY = 0;
    int sourceBegin = 0;  ///< source columns that the outputs need
    int sourceCount = 0;
};

TESSERA_KERNEL Window windowOf(const Area& tile, const Area& picture, const AxisRow& horizontal) {
    Window window;
    window.shown = intersect(tile, picture);
    window.targetX = window.shown.x - picture.x;
    window.targetY = window.shown.y - picture.y;
    window.sourceBegin = horizontal.begin[window.targetX];
    window.sourceCount = horizontal.end[window.targetX + window.shown.width - 1] - window.sourceBegin;
    return window;
}

/// One sum of a column of a halved plane; rare, and apart so that the common one stays small.
TESSERA_KERNEL_CALL int sumOfHalved(const HalvedPlane& plane, const std::int16_t* weights, int taps, int column,
                                    int first) {
    const int steps = larger(plane.columnHalvings, plane.rowHalvings);
    int sum = 64;
    TESSERA_ROLLED
    for (int k = 0; k < taps; ++k) {
        sum += weights[k] * Halving<kMaximumHalvings>::at(plane, steps, column, first + k);
    }
    return sum;
}

TESSERA_KERNEL int sumOfStored(const PlaneSource& plane, const std::int16_t* weights, int taps, int column, int first) {
    const Sample* sample = plane.origin + column * plane.columnStep + first * plane.rowStep;
    int sum = 64;
    for (int k = 0; k < taps; ++k, sample += plane.rowStep) sum += weights[k] * *sample;
    return sum;
}

/// Filters columns of a plane into `lines`: a warp takes a row at a time, so that its weights are the same for all.
TESSERA_KERNEL_CALL void filterRows(const HalvedPlane& plane, const AxisRow& vertical, const Window& window, int thread,
                                    Sample* lines, int stride) {
    const bool isHalved = plane.columnHalvings > 0 || plane.rowHalvings > 0;
    TESSERA_ROLLED
    for (int row = thread / 32; row < window.shown.height; row += kThreads / 32) {
        const int target = window.targetY + row, first = vertical.first[target];
        const std::int16_t* weights = vertical.weights + target * vertical.taps;
        TESSERA_ROLLED
        for (int column = thread % 32; column < window.sourceCount; column += 32) {
            const int from = window.sourceBegin + column;
            const int sum = isHalved ? sumOfHalved(plane, weights, vertical.taps, from, first)
                                     : sumOfStored(plane.source, weights, vertical.taps, from, first);
            lines[row * stride + column] = static_cast<Sample>(clampSample(sum >> 7));
        }
    }
}

/// Filters up to `kRows` lines horizontally for one output column.
template <int kRows>
TESSERA_KERNEL void filterColumn(const AxisRow& horizontal, const Window& window, int column, const Sample* lines,
                                 int stride, int* sums) {
    const int target = window.targetX + column;
    const std::int16_t* weights = horizontal.weights + target * horizontal.taps;
    const Sample* from = lines + horizontal.first[target] - window.sourceBegin;
    for (int row = 0; row < kRows; ++row) sums[row] = 64;
    for (int k = 0; k < horizontal.taps; ++k) {
        const int weight = weights[k];
        for (int row = 0; row < kRows; ++row) sums[row] += weight * from[row * stride + k];
    }
}

}  // namespace tessera::kernel
