#include "gpu/gpu_device.h"

#include <array>
#include <dlfcn.h>
#include <memory>

namespace tessera {
namespace {

using CuResult = int;
using CuDevice = int;

// Attribute numbers of the driver API. Source: CUDA Driver API, CUdevice_attribute.
constexpr int kComputeCapabilityMajor = 75;
constexpr int kComputeCapabilityMinor = 76;

struct Driver {
    CuResult (*init)(unsigned) = nullptr;
    CuResult (*deviceGetCount)(int*) = nullptr;
    CuResult (*deviceGet)(CuDevice*, int) = nullptr;
    CuResult (*deviceGetName)(char*, int, CuDevice) = nullptr;
    CuResult (*deviceGetAttribute)(int*, int, CuDevice) = nullptr;
    CuResult (*deviceTotalMem)(std::size_t*, CuDevice) = nullptr;
};

template <typename Function>
bool resolve(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
}

bool resolveAll(void* library, Driver& driver) {
    return resolve(library, "cuInit", driver.init) && resolve(library, "cuDeviceGetCount", driver.deviceGetCount) &&
           resolve(library, "cuDeviceGet", driver.deviceGet) &&
           resolve(library, "cuDeviceGetName", driver.deviceGetName) &&
           resolve(library, "cuDeviceGetAttribute", driver.deviceGetAttribute) &&
           resolve(library, "cuDeviceTotalMem_v2", driver.deviceTotalMem);
}

GpuDevice describe(const Driver& driver, int index) {
    GpuDevice result;
    result.index = index;
    CuDevice device = 0;
    driver.deviceGet(&device, index);
    std::array<char, 128> name{};
    driver.deviceGetName(name.data(), static_cast<int>(name.size()), device);
    result.name = name.data();
    int major = 0;
    int minor = 0;
    driver.deviceGetAttribute(&major, kComputeCapabilityMajor, device);
    driver.deviceGetAttribute(&minor, kComputeCapabilityMinor, device);
    result.computeCapability = std::to_string(major) + "." + std::to_string(minor);
    std::size_t bytes = 0;
    driver.deviceTotalMem(&bytes, device);
    result.memoryBytes = bytes;
    return result;
}

}  // namespace

GpuProbe probeGpus() {
    GpuProbe probe;
    const std::unique_ptr<void, int (*)(void*)> library(dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL), dlclose);
    if (!library) {
        probe.reason = "no NVIDIA driver (libcuda.so.1 was not found)";
        return probe;
    }
    Driver driver;
    if (!resolveAll(library.get(), driver)) {
        probe.reason = "the NVIDIA driver is too old: libcuda.so.1 lacks a needed function";
        return probe;
    }
    if (const auto code = driver.init(0); code != 0) {
        probe.reason = "cuInit failed with CUDA error " + std::to_string(code);
        return probe;
    }
    int count = 0;
    driver.deviceGetCount(&count);
    for (int i = 0; i < count; ++i) probe.devices.push_back(describe(driver, i));
    if (probe.devices.empty()) probe.reason = "the driver reports no device";
    return probe;
}

}  // namespace tessera
