#include <immintrin.h>

#include "mcu/video/kernels.h"
#include "mcu/video/simd_color.h"
#include "mcu/video/simd_columns.h"
#include "mcu/video/simd_samples.h"
#include "mcu/video/simd_weigh.h"

namespace tessera {

extern const PixelKernels kAvx2Kernels;

namespace {

struct Avx2 {
    using Bytes = __m256i;
    static constexpr int kBytes = 32;
    static constexpr int kOutputs = kBytes / 2;
    static constexpr bool kHasMasks = false;

    static Bytes load(const std::uint8_t* from) { return _mm256_loadu_si256(reinterpret_cast<const Bytes*>(from)); }
    static void store(std::uint8_t* to, Bytes value) { _mm256_storeu_si256(reinterpret_cast<Bytes*>(to), value); }
    static Bytes loadPart(const std::uint8_t* from, int count) {
        alignas(32) std::uint8_t copy[kBytes] = {};
        __builtin_memcpy(copy, from, static_cast<std::size_t>(count));
        return load(copy);
    }
    static void storePart(std::uint8_t* to, Bytes value, int count) {
        alignas(32) std::uint8_t copy[kBytes];
        store(copy, value);
        __builtin_memcpy(to, copy, static_cast<std::size_t>(count));
    }
    static Bytes widenHalf(const std::uint8_t* from) {
        return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    }
    static Bytes widenHalfPart(const std::uint8_t* from, int count) {
        return _mm256_cvtepu8_epi16(_mm256_castsi256_si128(loadPart(from, count)));
    }
    static void prefetch(const std::uint8_t* from) { _mm_prefetch(reinterpret_cast<const char*>(from), _MM_HINT_T0); }

    static Bytes zero() { return _mm256_setzero_si256(); }
    static Bytes bytes(int value) { return _mm256_set1_epi8(static_cast<char>(value)); }
    static Bytes words(int value) { return _mm256_set1_epi16(static_cast<short>(value)); }
    static Bytes doubleWords(int value) { return _mm256_set1_epi32(value); }

    static Bytes exclusiveOr(Bytes a, Bytes b) { return _mm256_xor_si256(a, b); }
    static Bytes addBytes(Bytes a, Bytes b) { return _mm256_add_epi8(a, b); }
    static Bytes addWords(Bytes a, Bytes b) { return _mm256_add_epi16(a, b); }
    static Bytes addDoubleWords(Bytes a, Bytes b) { return _mm256_add_epi32(a, b); }
    static Bytes addSaturating(Bytes a, Bytes b) { return _mm256_adds_epi16(a, b); }
    static Bytes averageBytes(Bytes a, Bytes b) { return _mm256_avg_epu8(a, b); }
    static Bytes averageWords(Bytes a, Bytes b) { return _mm256_avg_epu16(a, b); }
    static Bytes multiplyWords(Bytes a, Bytes b) { return _mm256_mullo_epi16(a, b); }
    static Bytes multiplyRounded(Bytes a, Bytes b) { return _mm256_mulhrs_epi16(a, b); }
    static Bytes multiplyAddBytes(Bytes samples, Bytes weights) { return _mm256_maddubs_epi16(samples, weights); }
    static Bytes multiplyAddWords(Bytes a, Bytes b) { return _mm256_madd_epi16(a, b); }

    template <int kBits>
    static Bytes shiftRightLogical(Bytes a) {
        return _mm256_srli_epi16(a, kBits);
    }
    template <int kBits>
    static Bytes shiftRightDoubleWords(Bytes a) {
        return _mm256_srai_epi32(a, kBits);
    }

    static Bytes unpackLow8(Bytes a, Bytes b) { return _mm256_unpacklo_epi8(a, b); }
    static Bytes unpackHigh8(Bytes a, Bytes b) { return _mm256_unpackhi_epi8(a, b); }
    static Bytes unpackLow16(Bytes a, Bytes b) { return _mm256_unpacklo_epi16(a, b); }
    static Bytes unpackHigh16(Bytes a, Bytes b) { return _mm256_unpackhi_epi16(a, b); }
    static Bytes unpackLow32(Bytes a, Bytes b) { return _mm256_unpacklo_epi32(a, b); }
    static Bytes unpackHigh32(Bytes a, Bytes b) { return _mm256_unpackhi_epi32(a, b); }
    static Bytes packUnsigned16(Bytes a, Bytes b) { return _mm256_packus_epi16(a, b); }
    static Bytes packSigned32(Bytes a, Bytes b) { return _mm256_packs_epi32(a, b); }

    /// From packed pieces in turns to all of the first vector, then all of the second.
    static Bytes joinPacked(Bytes a) { return _mm256_permute4x64_epi64(a, 0xD8); }
    static __m128i lowHalf(Bytes a) { return _mm256_castsi256_si128(a); }
    static __m128i highHalf(Bytes a) { return _mm256_extracti128_si256(a, 1); }

    /// Stores halves; all of them, whatever the count.
    static auto halfStore(int) {
        return [](std::uint8_t* to, __m128i value) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), value); };
    }
};

using Bytes = Avx2::Bytes;

Bytes loadHalves(const std::uint8_t* low, const std::uint8_t* high) {
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(low));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(first), *reinterpret_cast<const __m128i_u*>(high), 1);
}

/// Layouts of layOutHalves.
template <int kWindows>
class HalvesFetch {
public:
    void read(const std::int32_t*& bases, const std::uint8_t*& bytes) {
        for (auto& base : bases_) base = *bases++;
        for (int window = 0; window < kWindows; ++window, bytes += Avx2::kBytes) indices_[window] = Avx2::load(bytes);
    }

    static const std::uint8_t* open(const std::uint8_t* row) { return row; }
    Bytes operator()(const std::uint8_t* row) const {
        const std::uint8_t *low = row + bases_[0], *high = row + bases_[1];
        const Bytes samples = _mm256_shuffle_epi8(loadHalves(low, high), indices_[0]);
        if constexpr (kWindows == 1) return samples;
        const Bytes more = _mm256_shuffle_epi8(loadHalves(low + 16, high + 16), indices_[kWindows - 1]);
        return _mm256_or_si256(samples, more);
    }

private:
    std::ptrdiff_t bases_[2];
    Bytes indices_[kWindows];
};

void filterColumns(const RowBlock& rows, const ColumnFilter& filter, std::uint8_t*, const TargetRows& out) {
    const ColumnLayout& layout = *filter.layout;
    constexpr int kOutputs = Avx2::kOutputs;
    constexpr auto filterAll = simd::filterBlocks<Avx2, HalvesFetch<1>, HalvesFetch<2>>;
    if (layout.targetLength >= kOutputs) return filterAll(rows, layout, out);
    std::uint8_t wide[kBlockRows * kOutputs];
    filterAll(rows, layout, {wide, kOutputs});
    for (int y = 0; y < rows.rows; ++y) {
        std::uint8_t* to = out.data + static_cast<std::ptrdiff_t>(y) * out.stride;
        for (int x = 0; x < layout.targetLength; ++x) to[x] = wide[y * kOutputs + x];
    }
}

}  // namespace

const PixelKernels kAvx2Kernels{
    .name = "avx2",
    .blockRows = 16,
    .weighRows = simd::weighRows<Avx2>,
    .layOutColumns = layOutHalves,
    .filterColumns = filterColumns,
    .averageRows = simd::averageRows<Avx2>,
    .averagePairs = simd::averagePairs<Avx2>,
    .averageSquares = simd::averageSquares<Avx2>,
    .blend = simd::blend<Avx2>,
    .mix = simd::mix<Avx2>,
    .multiply = simd::multiply<Avx2>,
    .fade = simd::fade<Avx2>,
    .convertLuma = simd::convertLuma<Avx2>,
    .convertChroma = simd::convertChroma<Avx2>,
};

}  // namespace tessera
