#include "gpu/gpu_device.h"

#include "gpu/cuda_driver.h"

namespace tessera {
namespace {

GpuDevice describe(const CudaDeviceInfo& info) {
    return {.index = info.index,
            .name = info.name,
            .computeCapability = std::to_string(info.major) + "." + std::to_string(info.minor),
            .memoryBytes = info.memoryBytes};
}

}  // namespace

GpuProbe probeGpus() {
    GpuProbe probe;
    const auto& driver = CudaDriver::instance();
    if (!driver) {
        probe.reason = driver.error().message;
        return probe;
    }
    const auto devices = driver.value()->devices();
    if (!devices) {
        probe.reason = devices.error().message;
        return probe;
    }
    for (const CudaDeviceInfo& info : devices.value()) probe.devices.push_back(describe(info));
    if (probe.devices.empty()) probe.reason = "the NVIDIA driver finds no device";
    return probe;
}

}  // namespace tessera
