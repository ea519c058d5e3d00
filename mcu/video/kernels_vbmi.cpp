#include "mcu/video/simd_avx512_kernels.h"
#include "mcu/video/simd_bytes.h"

namespace tessera {

extern const PixelKernels kVbmiKernels;

namespace {

struct Permute {
    static Avx512::Bytes one(Avx512::Bytes indices, Avx512::Bytes table) {
        return _mm512_permutexvar_epi8(indices, table);
    }
    static Avx512::Bytes two(Avx512::Bytes low, Avx512::Bytes indices, Avx512::Bytes high) {
        return _mm512_permutex2var_epi8(low, indices, high);
    }
};

}  // namespace

constinit const PixelKernels kVbmiKernels =
    avx512Kernels("avx512vbmi", layOutBytes, simd::filterColumnsByBytes<Permute>);

}  // namespace tessera
