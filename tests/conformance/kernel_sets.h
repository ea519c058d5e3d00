#pragma once

#include <vector>

#include "mcu/video/kernels.h"

namespace tessera {

#if defined(TESSERA_EMULATED_VBMI)
extern const PixelKernels kEmulatedVbmiKernels;
#endif

namespace conformance {

/// Every set of kernels that runs here, the plain one first. Where the processor has AVX-512 without VBMI, VBMI's set
/// takes part with its two instructions written out.
inline std::vector<const PixelKernels*> everyKernelSet() {
    const auto available = availableKernels();
    std::vector<const PixelKernels*> sets(available.begin(), available.end());
#if defined(TESSERA_EMULATED_VBMI)
    if (findKernels("avx512") != nullptr) sets.push_back(&kEmulatedVbmiKernels);
#endif
    return sets;
}

}  // namespace conformance
}  // namespace tessera
