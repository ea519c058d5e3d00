#pragma once

#include <string>
#include <vector>

namespace tessera {

/// One NVIDIA device as the driver names it.
struct GpuDevice {
    int index = 0;
    std::string name;
    std::string computeCapability;  ///< "9.0"
    unsigned long long memoryBytes = 0;
};

/// What the machine offers, and why it offers nothing.
struct GpuProbe {
    std::vector<GpuDevice> devices;
    std::string reason;  ///< why `devices` is empty; empty when it is not
};

/// Asks the CUDA driver, loaded at run time; nothing is linked.
/// @thread any; may take a second on a machine with devices
GpuProbe probeGpus();

}  // namespace tessera
