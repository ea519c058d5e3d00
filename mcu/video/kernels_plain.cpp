#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "mcu/video/kernels.h"

namespace tessera {
namespace {

constexpr int kRound = 64;
/// Keeps a sum of 8-bit samples with weights in [-32, 160] inside 16 signed bits; taken off after the shift.
constexpr int kBias = -16384;

template <int kTaps>
inline void weigh(const std::uint8_t* __restrict source, std::ptrdiff_t stride, const std::int16_t* weights,
                  std::uint8_t* __restrict out, int count) {
    for (int x = 0; x < count; ++x) {
        auto sum = static_cast<std::int16_t>(kBias + kRound);
#pragma GCC unroll 16
        for (int k = 0; k < kTaps; ++k) sum = static_cast<std::int16_t>(sum + source[k * stride + x] * weights[k]);
        const auto scaled = static_cast<std::int16_t>(sum >> 7);
        const auto clamped = std::clamp<std::int16_t>(scaled, -128, 127);
        out[x] = static_cast<std::uint8_t>(clamped + 128);
    }
}

template <int kTaps>
void weighRows(const std::uint8_t* source, std::ptrdiff_t stride, const std::int16_t* weights, std::uint8_t* out,
               int count) {
    std::int16_t local[kTaps];
    std::copy_n(weights, kTaps, local);
    weigh<kTaps>(source, stride, local, out, count);
}

static_assert(std::endian::native == std::endian::little, "the transposition moves bytes inside 64-bit words");

/// Transposes 8x8 bytes by exchanging ever smaller blocks across the diagonal.
/// @source H. S. Warren, "Hacker's Delight", section 7-3
inline void transpose8x8(const std::uint8_t* source, std::ptrdiff_t sourceStride, std::uint8_t* target,
                         std::ptrdiff_t targetStride) {
    std::uint64_t rows[8];
    for (int i = 0; i < 8; ++i) std::memcpy(&rows[i], source + i * sourceStride, 8);
    constexpr std::uint64_t kMasks[] = {0x00000000FFFFFFFF, 0x0000FFFF0000FFFF, 0x00FF00FF00FF00FF};
    const auto exchange = [&rows](int i, int distance, std::uint64_t mask) {
        const int bits = 8 * distance;
        const std::uint64_t difference = ((rows[i] >> bits) ^ rows[i + distance]) & mask;
        rows[i + distance] ^= difference;
        rows[i] ^= difference << bits;
    };
    for (int i = 0; i < 4; ++i) exchange(i, 4, kMasks[0]);
    for (const int i : {0, 1, 4, 5}) exchange(i, 2, kMasks[1]);
    for (const int i : {0, 2, 4, 6}) exchange(i, 1, kMasks[2]);
    for (int i = 0; i < 8; ++i) std::memcpy(target + i * targetStride, &rows[i], 8);
}

/// Rows to columns of kBlockRows samples each, so that the horizontal filter works on whole columns.
void gatherColumns(const RowBlock& rows, int count, std::uint8_t* columns) {
    for (int x = 0; x < count; x += 8) {
        for (int y = 0; y < rows.rows; y += 8) {
            transpose8x8(rows.data + y * rows.stride + x, rows.stride, columns + x * kBlockRows + y, kBlockRows);
        }
    }
}

void scatterColumns(const std::uint8_t* columns, int count, const TargetRows& out, int rows) {
    for (int y = 0; y < rows; y += 8) {
        const int height = std::min(8, rows - y);
        for (int x = 0; x < count; x += 8) {
            const std::uint8_t* block = columns + x * kBlockRows + y;
            std::uint8_t* target = out.data + static_cast<std::ptrdiff_t>(y) * out.stride + x;
            if (height == 8 && x + 8 <= count) {
                transpose8x8(block, kBlockRows, target, out.stride);
                continue;
            }
            std::uint8_t corner[64];
            transpose8x8(block, kBlockRows, corner, 8);
            const auto width = static_cast<std::size_t>(std::min(8, count - x));
            for (int i = 0; i < height; ++i) std::memcpy(target + i * out.stride, corner + 8 * i, width);
        }
    }
}

template <int kTaps>
void weighColumns(const std::uint8_t* columns, const ScaleTable& table, std::uint8_t* out) {
    const std::int16_t* weights = table.weights.data();
    for (const std::int32_t first : table.first) {
        weigh<kTaps>(columns + (first - table.sourceBegin) * kBlockRows, kBlockRows, weights, out, kBlockRows);
        weights += kTaps;
        out += kBlockRows;
    }
}

using WeighRows = void (*)(const std::uint8_t*, std::ptrdiff_t, const std::int16_t*, std::uint8_t*, int);

template <int... kTaps>
constexpr auto weighRowsByTaps(std::integer_sequence<int, kTaps...>) {
    return std::array<WeighRows, kMaximumTaps + 1>{nullptr, weighRows<kTaps + 1>...};
}

using WeighColumns = void (*)(const std::uint8_t*, const ScaleTable&, std::uint8_t*);

template <int... kTaps>
constexpr auto weighColumnsByTaps(std::integer_sequence<int, kTaps...>) {
    return std::array<WeighColumns, kMaximumTaps + 1>{nullptr, weighColumns<kTaps + 1>...};
}

using AllTaps = std::make_integer_sequence<int, kMaximumTaps>;
constexpr auto kWeighRows = weighRowsByTaps(AllTaps{});
constexpr auto kWeighColumns = weighColumnsByTaps(AllTaps{});

void weighRowsByTable(const RowTaps& taps, std::uint8_t* out, int count) {
    kWeighRows[static_cast<std::size_t>(taps.taps)](taps.source, taps.stride, taps.weights, out, count);
}

void filterColumns(const RowBlock& rows, const ColumnFilter& filter, std::uint8_t* scratch, const TargetRows& out) {
    const ScaleTable& table = *filter.table;
    const int sourceCount = table.sourceEnd - table.sourceBegin;
    std::uint8_t* filtered = scratch + filterScratchBytes(sourceCount, 0);
    gatherColumns(rows, sourceCount, scratch);
    kWeighColumns[static_cast<std::size_t>(table.taps)](scratch, table, filtered);
    scatterColumns(filtered, table.targetLength(), out, rows.rows);
}

void averageRows(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out, int count) {
    for (int x = 0; x < count; ++x) out[x] = static_cast<std::uint8_t>((a[x] + b[x] + 1) >> 1);
}

void averagePairs(const std::uint8_t* in, std::uint8_t* out, int count) {
    for (int x = 0; x < count; ++x) out[x] = static_cast<std::uint8_t>((in[2 * x] + in[2 * x + 1] + 1) >> 1);
}

void averageSquares(const std::uint8_t* upper, const std::uint8_t* lower, std::uint8_t* out, int count) {
    for (int x = 0; x < count; ++x) {
        const int left = (upper[2 * x] + lower[2 * x] + 1) >> 1;
        const int right = (upper[2 * x + 1] + lower[2 * x + 1] + 1) >> 1;
        out[x] = static_cast<std::uint8_t>((left + right + 1) >> 1);
    }
}

/// round(value / 255) for 0 to 255*255. @source J. Blinn, "Three wrongs make a right", IEEE CG&A 15(6), 1995
inline std::uint16_t divide255(std::uint16_t value) {
    const auto rounded = static_cast<std::uint16_t>(value + 128);
    return static_cast<std::uint16_t>((rounded + (rounded >> 8)) >> 8);
}

void blend(std::uint8_t* __restrict row, const std::uint8_t* __restrict colour, const std::uint8_t* __restrict alpha,
           int count) {
    for (int x = 0; x < count; ++x) {
        const auto product = static_cast<std::uint16_t>(row[x] * (255 - alpha[x]));
        row[x] = static_cast<std::uint8_t>(colour[x] + divide255(product));
    }
}

void mix(std::uint8_t* __restrict row, const std::uint8_t* __restrict below, const std::uint8_t* __restrict coverage,
         int count) {
    for (int x = 0; x < count; ++x) {
        const auto sum = static_cast<std::uint16_t>(row[x] * coverage[x] + below[x] * (255 - coverage[x]));
        row[x] = static_cast<std::uint8_t>(divide255(sum));
    }
}

void multiply(const std::uint8_t* __restrict in, int factor, std::uint8_t* __restrict out, int count) {
    for (int x = 0; x < count; ++x) {
        out[x] = static_cast<std::uint8_t>(divide255(static_cast<std::uint16_t>(in[x] * factor)));
    }
}

void fade(std::uint8_t* row, int count, int level, int centre) {
    const auto factor = static_cast<std::uint16_t>(level);
    const auto offset = static_cast<std::uint16_t>(centre * (256 - level) + 128);
    for (int x = 0; x < count; ++x) {
        const auto sum = static_cast<std::uint16_t>(row[x] * factor + offset);
        row[x] = static_cast<std::uint8_t>(sum >> 8);
    }
}

constexpr int kColorShift = 14;
constexpr int kColorRound = 1 << (kColorShift - 1);

/// Every coefficient fits into 16 bits; said so, compilers multiply eight at a time.
constexpr std::int16_t coefficient(std::int32_t value) {
    return static_cast<std::int16_t>(value);
}

template <typename T>
inline std::uint8_t clampSample(T value) {
    return static_cast<std::uint8_t>(std::clamp<T>(value, 0, 255));
}

/// The part of luma that comes from chroma, for two neighbours each, when luma itself is not scaled: it is rounded
/// alone because whole codes are added.
void addChromaToLuma(std::uint8_t* __restrict y, const std::uint8_t* __restrict u, const std::uint8_t* __restrict v,
                     int count, const ColorConversion& conversion) {
    const std::int16_t yu = coefficient(conversion.yu), yv = coefficient(conversion.yv);
    const int constant = conversion.y0 * (1 << kColorShift) + kColorRound - 128 * (yu + yv);
    constexpr int kChunk = 64;
    std::int16_t added[2 * kChunk];
    for (int begin = 0; begin < count / 2; begin += kChunk) {
        const int length = std::min(kChunk, count / 2 - begin);
        for (int x = 0; x < length; ++x) {
            const std::int16_t cb = u[begin + x], cr = v[begin + x];
            const auto sum = static_cast<std::int16_t>((cb * yu + cr * yv + constant) >> kColorShift);
            added[2 * x] = sum;
            added[2 * x + 1] = sum;
        }
        std::uint8_t* row = y + 2 * begin;
        for (int x = 0; x < 2 * length; ++x) row[x] = clampSample(static_cast<std::int16_t>(row[x] + added[x]));
    }
}

void convertLuma(std::uint8_t* __restrict y, const std::uint8_t* __restrict u, const std::uint8_t* __restrict v,
                 int count, const ColorConversion& conversion) {
    if (conversion.yy == 1 << kColorShift) return addChromaToLuma(y, u, v, count, conversion);
    const auto [yy, yu, yv, y0, uu, uv, vu, vv] = conversion;
    const int constant = y0 * (1 << kColorShift) + kColorRound - 128 * (yu + yv);
    for (int x = 0; x < count / 2; ++x) {
        const int chroma = u[x] * yu + v[x] * yv + constant;
        y[2 * x] = clampSample((y[2 * x] * yy + chroma) >> kColorShift);
        y[2 * x + 1] = clampSample((y[2 * x + 1] * yy + chroma) >> kColorShift);
    }
}

void convertChroma(std::uint8_t* __restrict u, std::uint8_t* __restrict v, int count,
                   const ColorConversion& conversion) {
    const std::int16_t uu = coefficient(conversion.uu), uv = coefficient(conversion.uv);
    const std::int16_t vu = coefficient(conversion.vu), vv = coefficient(conversion.vv);
    const int constant = 128 * (1 << kColorShift) + kColorRound;
    for (int x = 0; x < count; ++x) {
        const auto cb = static_cast<std::int16_t>(u[x] - 128), cr = static_cast<std::int16_t>(v[x] - 128);
        u[x] = clampSample((cb * uu + cr * uv + constant) >> kColorShift);
        v[x] = clampSample((cb * vu + cr * vv + constant) >> kColorShift);
    }
}

}  // namespace

const PixelKernels kPlainKernels{
    .name = "plain",
    .blockRows = kBlockRows,
    .weighRows = weighRowsByTable,
    .layOutColumns = nullptr,
    .filterColumns = filterColumns,
    .averageRows = averageRows,
    .averagePairs = averagePairs,
    .averageSquares = averageSquares,
    .blend = blend,
    .mix = mix,
    .multiply = multiply,
    .fade = fade,
    .convertLuma = convertLuma,
    .convertChroma = convertChroma,
};

}  // namespace tessera
