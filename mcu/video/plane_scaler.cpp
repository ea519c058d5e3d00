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
    return (count + 63) / 64 * 64;
}

}  // namespace

Plane PlaneScaler::halve(const Plane& source, const AxisScale& horizontal, const AxisScale& vertical) {
    int width = horizontal.sourceLength, height = vertical.sourceLength;
    const int steps = std::max(horizontal.halvings, vertical.halvings);
    Plane from = source;
    for (int step = 0; step < steps; ++step) {
        const bool halvesColumns = step < horizontal.halvings, halvesRows = step < vertical.halvings;
        const int outWidth = halvesColumns ? (width + 1) / 2 : width;
        const int outHeight = halvesRows ? (height + 1) / 2 : height;
        if (step == 0) growTo(halved_, static_cast<std::size_t>(outWidth) * static_cast<std::size_t>(outHeight));
        growTo(row_, static_cast<std::size_t>(width));
        const int outStride = step == 0 ? outWidth : from.stride;
        for (int y = 0; y < outHeight; ++y) {
            const std::uint8_t* upper = rowOf(from, halvesRows ? 2 * y : y);
            const std::uint8_t* lower = rowOf(from, halvesRows ? std::min(2 * y + 1, height - 1) : y);
            kernels_.averageRows(upper, lower, row_.data(), width);
            std::uint8_t* out = halved_.data() + static_cast<std::ptrdiff_t>(y) * outStride;
            if (!halvesColumns) {
                copyRow(row_.data(), out, width);
                continue;
            }
            kernels_.averagePairs(row_.data(), out, width / 2);
            if (width % 2 != 0) out[width / 2] = row_[static_cast<std::size_t>(width) - 1];
        }
        from = {halved_.data(), outStride};
        width = outWidth;
        height = outHeight;
    }
    return from;
}

void PlaneScaler::filterVertically(const Plane& source, const ScaleTable& vertical, int row,
                                   const ScaleTable& horizontal, std::uint8_t* out) {
    const auto index = static_cast<std::size_t>(row);
    const std::uint8_t* from = rowOf(source, vertical.first[index]) + horizontal.sourceBegin;
    const int count = horizontal.sourceEnd - horizontal.sourceBegin;
    const auto taps = static_cast<std::size_t>(vertical.taps);
    if (vertical.isCopy) return copyRow(from, out, count);
    if (vertical.isHalving) return kernels_.averageRows(from, from + source.stride, out, count);
    kernels_.weighRows[taps](from, source.stride, vertical.weights.data() + index * taps, out, count);
}

void PlaneScaler::filterHorizontally(const RowBlock& rows, const ScaleTable& horizontal, const TargetRows& out) {
    if (!horizontal.isHalving) return kernels_.filterColumns(rows, horizontal, scratch_.data(), out);
    for (int row = 0; row < rows.rows; ++row) {
        kernels_.averagePairs(rows.data + row * rows.stride, rowOf(out, row), horizontal.targetLength());
    }
}

void PlaneScaler::scale(const Plane& source, const AxisScale& horizontal, const AxisScale& vertical,
                        const TargetRows& target) {
    const ScaleTable& columns = *horizontal.table;
    const ScaleTable& rows = *vertical.table;
    const Plane from = halve(source, horizontal, vertical);
    if (columns.isCopy) {
        for (int y = 0; y < rows.targetLength(); ++y) filterVertically(from, rows, y, columns, rowOf(target, y));
        return;
    }
    const int count = columns.sourceEnd - columns.sourceBegin;
    const int stride = paddedStride(count);
    growTo(rows_, static_cast<std::size_t>(stride) * kBlockRows);
    growTo(scratch_, filterScratchBytes(count, columns.targetLength()));
    for (int top = 0; top < rows.targetLength(); top += kBlockRows) {
        const RowBlock block{rows_.data(), stride, std::min(kBlockRows, rows.targetLength() - top)};
        for (int y = 0; y < block.rows; ++y) {
            filterVertically(from, rows, top + y, columns, rows_.data() + static_cast<std::ptrdiff_t>(y) * stride);
        }
        filterHorizontally(block, columns, {rowOf(target, top), target.stride});
    }
}

}  // namespace tessera
