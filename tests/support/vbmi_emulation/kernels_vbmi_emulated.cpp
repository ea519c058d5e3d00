// The kernels of mcu/video/kernels_vbmi.cpp with the two permutations of bytes written out, so that everything else of
// them (tables, loads, pairing, tails) runs on processors with AVX-512 BW alone.
#include "mcu/video/simd_avx512_kernels.h"
#include "mcu/video/simd_bytes.h"

namespace tessera {

extern const PixelKernels kEmulatedVbmiKernels;

namespace {

/// @source Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, VPERMB and VPERMT2B: the lower 6 and
///         7 bits of an index select
struct Permute {
    static Avx512::Bytes one(Avx512::Bytes indices, Avx512::Bytes table) { return two(table, indices, table); }
    static Avx512::Bytes two(Avx512::Bytes low, Avx512::Bytes indices, Avx512::Bytes high) {
        std::uint8_t table[2 * Avx512::kBytes], result[Avx512::kBytes];
        Avx512::store(table, low);
        Avx512::store(table + Avx512::kBytes, high);
        Avx512::store(result, indices);
        for (std::uint8_t& byte : result) byte = table[byte & 127];
        return Avx512::load(result);
    }
};

}  // namespace

constinit const PixelKernels kEmulatedVbmiKernels =
    avx512Kernels("avx512vbmi emulated", layOutBytes, simd::filterColumnsByBytes<Permute>);

}  // namespace tessera
