#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gpu/cuda_compositor.h"

namespace tessera::gpucheck {

/// Draws random scenes on the device and compares every byte with the written rule.
/// @return what differed first
std::optional<std::string> checkComposing(const std::shared_ptr<CudaLaunchQueue>& queue, int scenes);

/// What one composite costs.
struct ComposeRate {
    std::string name;
    double milliseconds = 0;  ///< per composite, one after another, pictures on the device already
    double megabytes = 0;     ///< every source byte once, every canvas byte once
    double downloadMs = 0;    ///< to bring the canvas to the host
};

/// A grid of `columns` by `rows` pictures of `source` pixels on `canvas`, drawn for about `length`.
/// @error capacity, device
Result<ComposeRate> composeRate(const std::shared_ptr<CudaLaunchQueue>& queue, Size source, int columns, Size canvas,
                                Duration length);

/// Bytes per second that a copy within the device moves, read and write both counted: the floor of compositing.
/// @error capacity, device
Result<double> copyRate(CudaDevice& device);

}  // namespace tessera::gpucheck
