#include "mcu/video/simd_avx512_kernels.h"
#include "mcu/video/simd_columns.h"

namespace tessera {

extern const PixelKernels kAvx512Kernels;

namespace {

using Bytes = Avx512::Bytes;

/// Fetch 0 of layOutQuarters.
class QuartersFetch {
public:
    void read(const std::int32_t*& bases, const std::uint8_t*& bytes) {
        base_ = *bases++;
        doubleWords_ = Avx512::load(bytes);
        indices_ = Avx512::load(bytes + Avx512::kBytes);
        bytes += 2 * Avx512::kBytes;
    }

    Bytes open(const std::uint8_t* row) const { return Avx512::load(row + base_); }
    Bytes operator()(Bytes loaded) const {
        return _mm512_shuffle_epi8(_mm512_permutexvar_epi32(doubleWords_, loaded), indices_);
    }

private:
    std::ptrdiff_t base_;
    Bytes doubleWords_, indices_;
};

/// Fetches 1 and 2 of layOutQuarters.
template <int kWindows>
class LanesFetch {
public:
    void read(const std::int32_t*& bases, const std::uint8_t*& bytes) {
        for (auto& base : bases_) base = *bases++;
        for (Bytes& indices : indices_) {
            indices = Avx512::load(bytes);
            bytes += Avx512::kBytes;
        }
        isInSecond_ = ~_mm512_movepi8_mask(indices_[kWindows - 1]);
    }

    static const std::uint8_t* open(const std::uint8_t* row) { return row; }
    Bytes operator()(const std::uint8_t* row) const {
        const Bytes samples = _mm512_shuffle_epi8(loadLanes(row), indices_[0]);
        if constexpr (kWindows == 1) return samples;
        return _mm512_mask_shuffle_epi8(samples, isInSecond_, loadLanes(row + 16), indices_[kWindows - 1]);
    }

private:
    Bytes loadLanes(const std::uint8_t* row) const {
        const auto at = [row, this](int lane) {
            return _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + bases_[lane]));
        };
        Bytes lanes = _mm512_castsi128_si512(at(0));
        lanes = _mm512_mask_broadcast_i32x4(lanes, 0x00f0, at(1));
        lanes = _mm512_mask_broadcast_i32x4(lanes, 0x0f00, at(2));
        return _mm512_mask_broadcast_i32x4(lanes, 0xf000, at(3));
    }

    std::ptrdiff_t bases_[4];
    Bytes indices_[kWindows];
    __mmask64 isInSecond_;
};

void filterColumns(const RowBlock& rows, const ColumnFilter& filter, std::uint8_t*, const TargetRows& out) {
    simd::filterBlocks<Avx512, QuartersFetch, LanesFetch<1>, LanesFetch<2>>(rows, *filter.layout, out);
}

}  // namespace

constinit const PixelKernels kAvx512Kernels = avx512Kernels("avx512", layOutQuarters, filterColumns);

}  // namespace tessera
