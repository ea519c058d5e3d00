#pragma once

#include "mcu/video/simd_avx512.h"
#include "mcu/video/simd_columns.h"

// Included by units of AVX-512 kernels alone, see simd_vectors.h.

namespace tessera::simd {

/// What the fetches of layOutBytes have in common. `Permute` is the instruction set's permutation of bytes:
/// `one(indices, table)` takes each byte from 64 of them, `two(low, indices, high)` from 128.
class BytesIndices {
public:
    void read(const std::int32_t*& bases, const std::uint8_t*& bytes) {
        base_ = *bases++;
        indices_ = Avx512::load(bytes);
        bytes += Avx512::kBytes;
    }

protected:
    std::ptrdiff_t base_;
    Avx512::Bytes indices_;
};

/// Fetch 0: all pairs from the same 64 bytes.
template <typename Permute>
class SharedBytesFetch : public BytesIndices {
public:
    Avx512::Bytes open(const std::uint8_t* row) const { return Avx512::load(row + base_); }
    Avx512::Bytes operator()(Avx512::Bytes loaded) const { return Permute::one(indices_, loaded); }
};

/// Fetch 1: each pair from 64 bytes of its own.
template <typename Permute>
class BytesFetch : public BytesIndices {
public:
    static const std::uint8_t* open(const std::uint8_t* row) { return row; }
    Avx512::Bytes operator()(const std::uint8_t* row) const {
        return Permute::one(indices_, Avx512::load(row + base_));
    }
};

/// Fetch 2: each pair from 128 bytes.
template <typename Permute>
class WideBytesFetch : public BytesIndices {
public:
    static const std::uint8_t* open(const std::uint8_t* row) { return row; }
    Avx512::Bytes operator()(const std::uint8_t* row) const {
        const std::uint8_t* from = row + base_;
        return Permute::two(Avx512::load(from), indices_, Avx512::load(from + Avx512::kBytes));
    }
};

template <typename Permute>
void filterColumnsByBytes(const RowBlock& rows, const ColumnFilter& filter, std::uint8_t*, const TargetRows& out) {
    filterBlocks<Avx512, SharedBytesFetch<Permute>, BytesFetch<Permute>, WideBytesFetch<Permute>>(rows, *filter.layout,
                                                                                                  out);
}

}  // namespace tessera::simd
