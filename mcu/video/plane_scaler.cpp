#include "mcu/video/plane_scaler.h"

#include <algorithm>
#include <cstring>

namespace tessera {
namespace {

const std::uint8_t* rowOf(const Plane& plane, int row) {
    return plane.data + static_cast<std::ptrdiff_t>(row) * plane.stride;
}

std::uint8_t* rowOf(const TargetRows& rows, int row) {
    return rows.data + static_cast<std::ptrdiff_t>(row) * rows.stride;
}

void copyRow(const std::uint8_t* from, std::uint8_t* to, int count) {
    std::memcpy(to, from, static_cast<std::size_t>(count));
}

void growTo(std::vector<std::uint8_t>& buffer, std::size_t bytes) {
    if (buffer.size() < bytes) buffer.resize(bytes);
}

constexpr int paddedStride(int count) {
    return (count + 63) / 64 * 64 + kRowSlack;
}

/// Output rows between a row and the one whose source rows are fetched meanwhile.
constexpr int kRowsAhead = 2;

}  // namespace

void PlaneScaler::halveRow(const std::uint8_t* upper, const std::uint8_t* lower, int width, std::uint8_t* out) {
    kernels_.averageSquares(upper, lower, out, width / 2);
    if (width % 2 != 0) kernels_.averageRows(upper + width - 1, lower + width - 1, out + width / 2, 1);
}

Plane PlaneScaler::halve(const Plane& source, const AxisScale& horizontal, const AxisScale& vertical) {
    int width = horizontal.sourceLength, height = vertical.sourceLength;
    const int steps = std::max(horizontal.halvings, vertical.halvings);
    Plane from = source;
    for (int step = 0; step < steps; ++step) {
        const bool halvesColumns = step < horizontal.halvings, halvesRows = step < vertical.halvings;
        const int outWidth = halvesColumns ? (width + 1) / 2 : width;
        const int outHeight = halvesRows ? (height + 1) / 2 : height;
        if (step == 0) growTo(halved_, static_cast<std::size_t>(outWidth) * static_cast<std::size_t>(outHeight));
        const int outStride = step == 0 ? outWidth : from.stride;
        for (int y = 0; y < outHeight; ++y) {
            const std::uint8_t* upper = rowOf(from, halvesRows ? 2 * y : y);
            const std::uint8_t* lower = rowOf(from, halvesRows ? std::min(2 * y + 1, height - 1) : y);
            std::uint8_t* out = halved_.data() + static_cast<std::ptrdiff_t>(y) * outStride;
            halvesColumns ? halveRow(upper, lower, width, out) : kernels_.averageRows(upper, lower, out, width);
        }
        from = {halved_.data(), outStride};
        width = outWidth;
        height = outHeight;
    }
    return from;
}

void PlaneScaler::preparePairs(const AxisScale& axis) {
    if (axis.prepared->pairs.slots == 0) pairTaps(*axis.table, axis.prepared->pairs);
}

void PlaneScaler::prepareColumns(const AxisScale& axis) {
    if (kernels_.layOutColumns == nullptr || axis.prepared->columnsFor == &kernels_) return;
    preparePairs(axis);
    kernels_.layOutColumns(*axis.table, axis.prepared->pairs, axis.prepared->columns);
    axis.prepared->columnsFor = &kernels_;
}

void PlaneScaler::filterVertically(const Plane& source, const AxisScale& vertical, int row, const ScaleTable& columns,
                                   std::uint8_t* out) {
    const ScaleTable& table = *vertical.table;
    const auto index = static_cast<std::size_t>(row), taps = static_cast<std::size_t>(table.taps);
    const std::uint8_t* from = rowOf(source, table.first[index]) + columns.sourceBegin;
    const int count = columns.sourceEnd - columns.sourceBegin;
    if (table.isCopy) return copyRow(from, out, count);
    if (table.isHalving) return kernels_.averageRows(from, from + source.stride, out, count);
    const auto pairs = vertical.prepared->pairs.of(row);
    RowTaps window{.source = from,
                   .stride = source.stride,
                   .weights = table.weights.data() + index * taps,
                   .taps = table.taps,
                   .pairs = pairs.data(),
                   .pairCount = static_cast<int>(pairs.size())};
    const std::size_t later = index + kRowsAhead;
    if (later < table.first.size()) {
        const int begin = table.first[later - 1] + table.taps;
        window.ahead = rowOf(source, begin) + columns.sourceBegin;
        window.aheadRows = table.first[later] + table.taps - begin;
    }
    kernels_.weighRows(window, out, count);
}

void PlaneScaler::filterHorizontally(const RowBlock& rows, const AxisScale& horizontal, const TargetRows& out) {
    const ScaleTable& table = *horizontal.table;
    if (table.isHalving) {
        for (int row = 0; row < rows.rows; ++row) {
            kernels_.averagePairs(rows.data + row * rows.stride, rowOf(out, row), table.targetLength());
        }
        return;
    }
    const ColumnLayout& layout = horizontal.prepared->columns;
    const bool isLaidOut = kernels_.layOutColumns != nullptr && !layout.blocks.empty();
    const auto filter = isLaidOut ? kernels_.filterColumns : kPlainKernels.filterColumns;
    filter(rows, {&table, &layout}, scratch_.data(), out);
}

void PlaneScaler::scaleBlocks(const Plane& source, const AxisScale& horizontal, const AxisScale& vertical,
                              const TargetRows& target) {
    const ScaleTable& columns = *horizontal.table;
    const int height = vertical.table->targetLength(), count = columns.sourceEnd - columns.sourceBegin;
    const int stride = paddedStride(count);
    growTo(rows_, static_cast<std::size_t>(stride) * kBlockRows);
    growTo(scratch_, filterScratchBytes(count, columns.targetLength()));
    if (!columns.isHalving) prepareColumns(horizontal);
    for (int top = 0; top < height; top += kernels_.blockRows) {
        const RowBlock block{rows_.data(), stride, std::min(kernels_.blockRows, height - top)};
        for (int y = 0; y < block.rows; ++y) {
            std::uint8_t* row = rows_.data() + static_cast<std::ptrdiff_t>(y) * stride;
            filterVertically(source, vertical, top + y, columns, row);
        }
        filterHorizontally(block, horizontal, {rowOf(target, top), target.stride});
    }
}

void PlaneScaler::scale(const Plane& source, const AxisScale& horizontal, const AxisScale& vertical,
                        const TargetRows& target) {
    const ScaleTable& columns = *horizontal.table;
    const ScaleTable& rows = *vertical.table;
    const Plane from = halve(source, horizontal, vertical);
    preparePairs(vertical);
    if (columns.isCopy) {
        for (int y = 0; y < rows.targetLength(); ++y) filterVertically(from, vertical, y, columns, rowOf(target, y));
        return;
    }
    if (!columns.isHalving || !rows.isHalving) return scaleBlocks(from, horizontal, vertical, target);
    for (int y = 0; y < rows.targetLength(); ++y) {
        const std::uint8_t* upper = rowOf(from, rows.first[static_cast<std::size_t>(y)]) + columns.sourceBegin;
        kernels_.averageSquares(upper, upper + from.stride, rowOf(target, y), columns.targetLength());
    }
}

}  // namespace tessera
