#pragma once

#include "mcu/video/simd_avx512.h"
#include "mcu/video/simd_columns.h"

// Included by units of AVX-512 kernels alone, see simd_vectors.h.

namespace tessera::simd {

/// Fetches pairs of layOutBytes. `Permute` is the instruction set's permutation of bytes: `one(indices, table)` takes
/// each byte from 64 of them, `two(low, indices, high)` from 128.
template <typename Permute>
class BytesFetch {
public:
    void read(const std::int32_t*& bases, const std::uint8_t*& bytes) {
        base_ = *bases++;
        indices_ = Avx512::load(bytes);
        bytes += Avx512::kBytes;
    }

    Avx512::Bytes operator()(const std::uint8_t* row) const {
        return Permute::one(indices_, Avx512::load(row + base_));
    }

protected:
    std::ptrdiff_t base_;
    Avx512::Bytes indices_;
};

/// The same for the wide blocks.
template <typename Permute>
class WideBytesFetch : public BytesFetch<Permute> {
public:
    Avx512::Bytes operator()(const std::uint8_t* row) const {
        const std::uint8_t* from = row + this->base_;
        return Permute::two(Avx512::load(from), this->indices_, Avx512::load(from + Avx512::kBytes));
    }
};

template <typename Permute>
void filterColumnsByBytes(const RowBlock& rows, const ColumnFilter& filter, std::uint8_t*, const TargetRows& out) {
    filterBlocks<Avx512, BytesFetch<Permute>, WideBytesFetch<Permute>>(rows, *filter.layout, out);
}

}  // namespace tessera::simd
