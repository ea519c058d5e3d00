#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gpu/cuda_compositor.h"

namespace tessera::gpucheck {

/// Draws random scenes on the device, and for each hundred of them a show with transitions, and compares every byte
/// with the written rule.
/// @return what differed first
std::optional<std::string> checkComposing(const std::shared_ptr<CudaLaunchQueue>& queue, int scenes);

/// A grid of `columns` by as many pictures.
struct ComposeCase {
    Size source;
    int columns = 3;
    Size canvas;
    Duration length = std::chrono::seconds(2);  ///< of the measurement, about
    int busyMemsets = 128;  ///< of 32 MB, queued so that the device is busy for longer than it takes to queue drawings
};

/// What one composite costs, with the pictures on the device already.
struct ComposeRate {
    std::string name;
    double deviceMs = 0;    ///< on the device: the launch table's copy and the kernel; 0 = the driver tells no times
    double wholeMs = 0;     ///< with the launch and the wait, one after another
    double downloadMs = 0;  ///< to bring the canvas to the host
    double bytes = 0;       ///< every source byte once, every canvas byte once
};

/// @error capacity, device
Result<ComposeRate> composeRate(const std::shared_ptr<CudaLaunchQueue>& queue, const ComposeCase& wanted);

/// Bytes per second that a copy within the device moves, read and write both counted: the floor of compositing.
/// @error capacity, device
Result<double> copyRate(CudaDevice& device);

}  // namespace tessera::gpucheck
