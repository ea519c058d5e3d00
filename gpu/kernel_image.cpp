#include "gpu/kernel_image.h"

#if defined(TESSERA_CUDA_KERNELS)
extern "C" {
extern const std::uint8_t tesseraKernelBegin[];
extern const std::uint8_t tesseraKernelEnd[];
}
#endif

namespace tessera {

std::span<const std::uint8_t> kernelImage() {
#if defined(TESSERA_CUDA_KERNELS)
    return {tesseraKernelBegin, tesseraKernelEnd};
#else
    return {};
#endif
}

}  // namespace tessera
