#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mcu/video/color_conversion.h"
#include "mcu/video/scale_table.h"

namespace tessera {

/// Rows that the horizontal filter takes at a time.
inline constexpr int kBlockRows = 16;

/// Up to kBlockRows rows of samples that a kernel reads. Bytes up to the next multiple of 64 samples after the last
/// one, and rows up to kBlockRows, can be read (not interpreted).
struct RowBlock {
    const std::uint8_t* data = nullptr;
    int stride = 0;  ///< bytes, a multiple of 64
    int rows = 0;    ///< 1 to kBlockRows
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

    /// out[x] = clamp((sum over k of weights[k] * source[k*stride + x] + 64) >> 7), by number of taps (1 to 16).
    using WeighRows = void (*)(const std::uint8_t* source, std::ptrdiff_t stride, const std::int16_t* weights,
                               std::uint8_t* out, int count);
    std::array<WeighRows, kMaximumTaps + 1> weighRows;

    /// The same along rows, for all of `table`'s outputs; column 0 of `rows` is source sample table.sourceBegin.
    void (*filterColumns)(const RowBlock& rows, const ScaleTable& table, std::uint8_t* scratch, const TargetRows& out);

    /// out[x] = (a[x] + b[x] + 1) >> 1
    void (*averageRows)(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out, int count);

    /// out[x] = (in[2x] + in[2x + 1] + 1) >> 1; `out` may be `in`
    void (*averagePairs)(const std::uint8_t* in, std::uint8_t* out, int count);

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

/// Bytes of scratch that filterColumns needs for rows of `sourceCount` samples and a table of `targetCount` outputs.
constexpr std::size_t filterScratchBytes(int sourceCount, int targetCount) {
    constexpr std::size_t block = 64;
    const auto padded = [](int count) { return (static_cast<std::size_t>(count) + block - 1) / block * block; };
    return (padded(sourceCount) + padded(targetCount)) * kBlockRows;
}

extern const PixelKernels kPlainKernels;

/// The fastest set that this processor runs.
const PixelKernels& pixelKernels();

}  // namespace tessera
