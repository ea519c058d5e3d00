#include "mcu/video/kernels.h"

#include <algorithm>
#include <vector>

#include "mcu/base/environment.h"

namespace tessera {

#if defined(TESSERA_AVX2)
extern const PixelKernels kAvx2Kernels;
#endif
#if defined(TESSERA_AVX512)
extern const PixelKernels kAvx512Kernels;
#endif
#if defined(TESSERA_VBMI)
extern const PixelKernels kVbmiKernels;
#endif

namespace {

std::vector<const PixelKernels*> findAvailable() {
    std::vector<const PixelKernels*> found{&kPlainKernels};
#if defined(__x86_64__)
    __builtin_cpu_init();
    [[maybe_unused]] const bool hasAvx2 = __builtin_cpu_supports("avx2") != 0;
    [[maybe_unused]] const bool hasAvx512 =
        __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    [[maybe_unused]] const bool hasVbmi = hasAvx512 && __builtin_cpu_supports("avx512vbmi");
#if defined(TESSERA_AVX2)
    if (hasAvx2) found.push_back(&kAvx2Kernels);
#endif
#if defined(TESSERA_AVX512)
    if (hasAvx512) found.push_back(&kAvx512Kernels);
#endif
#if defined(TESSERA_VBMI)
    if (hasVbmi) found.push_back(&kVbmiKernels);
#endif
#endif
    return found;
}

const PixelKernels& choose() {
    const PixelKernels* fastest = availableKernels().back();
    const auto name = environmentVariable("TESSERA_KERNELS");
    if (!name) return *fastest;
    const PixelKernels* named = findKernels(*name);
    return named != nullptr ? *named : *fastest;
}

}  // namespace

std::span<const PixelKernels* const> availableKernels() {
    static const std::vector<const PixelKernels*> available = findAvailable();
    return available;
}

const PixelKernels* findKernels(std::string_view name) {
    const auto available = availableKernels();
    const auto found = std::find_if(available.begin(), available.end(),
                                    [name](const PixelKernels* kernels) { return name == kernels->name; });
    return found == available.end() ? nullptr : *found;
}

const PixelKernels& pixelKernels() {
    static const PixelKernels& chosen = choose();
    return chosen;
}

}  // namespace tessera
