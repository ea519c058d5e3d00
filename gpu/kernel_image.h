#pragma once

#include <cstdint>
#include <span>

namespace tessera {

/// The compiled kernels as the driver loads them; empty when this program was built without nvcc.
std::span<const std::uint8_t> kernelImage();

}  // namespace tessera
