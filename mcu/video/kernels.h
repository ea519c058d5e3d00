#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mcu/video/color_conversion.h"
#include "mcu/video/column_layout.h"
#include "mcu/video/scale_table.h"
#include "mcu/video/tap_pairs.h"

namespace tessera {

/// Most rows that a horizontal filter takes at a time.
inline constexpr int kBlockRows = 16;

/// Bytes behind the samples of a row of a RowBlock that can be read (not interpreted).
inline constexpr int kRowSlack = 128;

/// Up to kBlockRows rows of samples that a kernel reads. kRowSlack bytes behind the last sample, and rows up to
/// kBlockRows, can be read (not interpreted).
struct RowBlock {
    const std::uint8_t* data = nullptr;
    int stride = 0;  ///< bytes, a multiple of 64
    int rows = 0;    ///< 1 to kBlockRows
};

/// One output row of a vertical filter: its source rows, and its weights in both forms.
struct RowTaps {
    const std::uint8_t* source = nullptr;  ///< the sample of row ScaleTable::first and of the first column
    std::ptrdiff_t stride = 0;
    const std::int16_t* weights = nullptr;
    int taps = 0;
    const TapPair* pairs = nullptr;
    int pairCount = 0;
    const std::uint8_t* ahead = nullptr;  ///< rows of the same columns that will be read soon
    int aheadRows = 0;
};

/// A horizontal filter in both forms.
struct ColumnFilter {
    const ScaleTable* table = nullptr;
    const ColumnLayout* layout = nullptr;
};

/// Where rows are written; nothing beyond the samples asked for is touched.
struct TargetRows {
    std::uint8_t* data = nullptr;
    int stride = 0;  ///< bytes
};

/// One implementation of the inner loops. Every row of the table gives the bytes of docs/compositor.md.
/// A faster set is another constant of this type, chosen in `pixelKernels`. @thread any
struct PixelKernels {
    const char* name;

    /// Rows that filterColumns likes to take at a time, at most kBlockRows.
    int blockRows;

    /// out[x] = clamp((sum over k of weights[k] * source[k*stride + x] + 64) >> 7). Reads and writes `count` columns.
    void (*weighRows)(const RowTaps& taps, std::uint8_t* out, int count);

    /// Puts a horizontal table into the order that filterColumns reads; null when it reads the table itself.
    void (*layOutColumns)(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out);

    /// The same sums along rows, for all of the table's outputs; column 0 of `rows` is source sample
    /// table.sourceBegin. `scratch`: see filterScratchBytes.
    void (*filterColumns)(const RowBlock& rows, const ColumnFilter& filter, std::uint8_t* scratch,
                          const TargetRows& out);

    /// out[x] = (a[x] + b[x] + 1) >> 1; `out` may be `a`
    void (*averageRows)(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out, int count);

    /// out[x] = (in[2x] + in[2x + 1] + 1) >> 1; `out` may be `in`
    void (*averagePairs)(const std::uint8_t* in, std::uint8_t* out, int count);

    /// averageRows, then averagePairs of what that gives: `count` outputs from 2*count columns. `out` may
    /// be `upper`
    void (*averageSquares)(const std::uint8_t* upper, const std::uint8_t* lower, std::uint8_t* out, int count);

    /// row[x] = colour[x] + divide255(row[x] * (255 - alpha[x]))
    void (*blend)(std::uint8_t* row, const std::uint8_t* colour, const std::uint8_t* alpha, int count);

    /// row[x] = divide255(row[x] * coverage[x] + below[x] * (255 - coverage[x]))
    void (*mix)(std::uint8_t* row, const std::uint8_t* below, const std::uint8_t* coverage, int count);

    /// out[x] = divide255(in[x] * factor), factor 0 to 255
    void (*multiply)(const std::uint8_t* in, int factor, std::uint8_t* out, int count);

    /// row[x] = centre + ((row[x] - centre) * level + 128 >> 8), level 0 to 256
    void (*fade)(std::uint8_t* row, int count, int level, int centre);

    /// Converts one luma row; `u` and `v` are its chroma rows before conversion. `count` is even.
    void (*convertLuma)(std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v, int count,
                        const ColorConversion& conversion);

    /// Converts one pair of chroma rows.
    void (*convertChroma)(std::uint8_t* u, std::uint8_t* v, int count, const ColorConversion& conversion);
};

/// Bytes of scratch that filterColumns of the plain kernels needs for rows of `sourceCount` samples and a table of
/// `targetCount` outputs.
constexpr std::size_t filterScratchBytes(int sourceCount, int targetCount) {
    constexpr std::size_t block = 64;
    const auto padded = [](int count) { return (static_cast<std::size_t>(count) + block - 1) / block * block; };
    return (padded(sourceCount) + padded(targetCount)) * kBlockRows;
}

extern const PixelKernels kPlainKernels;

/// All sets that this build holds and this processor runs, the plain one first, the fastest last.
std::span<const PixelKernels* const> availableKernels();

/// @return the available set of this name; null when there is none
const PixelKernels* findKernels(std::string_view name);

/// The fastest set that this processor runs, or the one that the environment variable TESSERA_KERNELS names, if it is
/// available. Chosen once.
const PixelKernels& pixelKernels();

}  // namespace tessera
