#include "gpu/cuda_driver.h"

#include <array>

namespace tessera {

void* openLibrary(const char* usualName, void* load) {
    auto& wanted = *static_cast<LibraryLoad*>(load);
    void* library = dlopen(wanted.path.empty() ? usualName : wanted.path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    wanted.opened = library != nullptr;
    return library;
}

void noteMissing(void* load, const char* name) {
    auto& wanted = *static_cast<LibraryLoad*>(load);
    if (wanted.missing.empty()) wanted.missing = name;
}

namespace {

// Source: CUDA Driver API, enum CUresult.
constexpr int kOutOfMemory = 2;
constexpr int kNoDevice = 100;

template <typename Function>
void find(CudaCalls& calls, const char* name, Function& function, LibraryLoad& load) {
    function = reinterpret_cast<Function>(dlsym(calls.lib, name));
    if (function == nullptr) noteMissing(&load, name);
}

void findRest(CudaCalls& calls, LibraryLoad& load) {
    find(calls, "cuDriverGetVersion", calls.cuDriverGetVersion, load);
    find(calls, "cuDeviceTotalMem_v2", calls.cuDeviceTotalMem, load);
    find(calls, "cuMemGetInfo_v2", calls.cuMemGetInfo, load);
    find(calls, "cuMemHostAlloc", calls.cuMemHostAlloc, load);
    find(calls, "cuMemFreeHost", calls.cuMemFreeHost, load);
    find(calls, "cuStreamWaitEvent", calls.cuStreamWaitEvent, load);
}

}  // namespace

const Result<std::shared_ptr<const CudaDriver>>& CudaDriver::instance() {
    static const Result<std::shared_ptr<const CudaDriver>> driver = load();
    return driver;
}

Result<std::shared_ptr<const CudaDriver>> CudaDriver::load(const std::string& path) {
    LibraryLoad load{path, false, {}};
    std::shared_ptr<CudaDriver> driver(new CudaDriver);
    const int failed = cuda_load_functions(&driver->table_, &load);
    if (!load.opened) return unsupported("no NVIDIA driver (libcuda.so.1 was not found)");
    if (failed == 0) {
        static_cast<CudaFunctions&>(driver->calls_) = *driver->table_;
        findRest(driver->calls_, load);
    }
    if (!load.missing.empty()) {
        return unsupported("the NVIDIA driver is too old: libcuda.so.1 lacks " + load.missing);
    }
    const CUresult code = driver->calls_.cuInit(0);
    if (code == kNoDevice) return unsupported("the NVIDIA driver finds no device");
    if (code != CUDA_SUCCESS) {
        return unsupported("the NVIDIA driver does not start: " + driver->error(code, "cuInit").message);
    }
    driver->calls_.cuDriverGetVersion(&driver->version_);
    return std::shared_ptr<const CudaDriver>(std::move(driver));
}

CudaDriver::~CudaDriver() {
    cuda_free_functions(&table_);
}

Result<std::vector<CudaDeviceInfo>> CudaDriver::devices() const {
    int count = 0;
    if (const auto code = calls_.cuDeviceGetCount(&count); code != CUDA_SUCCESS) {
        return error(code, "cuDeviceGetCount");
    }
    std::vector<CudaDeviceInfo> found;
    for (int index = 0; index < count; ++index) {
        CudaDeviceInfo info;
        info.index = index;
        CUdevice device = 0;
        if (const auto code = calls_.cuDeviceGet(&device, index); code != CUDA_SUCCESS) {
            return error(code, "cuDeviceGet");
        }
        std::array<char, 128> name{};
        calls_.cuDeviceGetName(name.data(), static_cast<int>(name.size()) - 1, device);
        info.name = name.data();
        calls_.cuDeviceGetAttribute(&info.major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
        calls_.cuDeviceGetAttribute(&info.minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
        calls_.cuDeviceTotalMem(&info.memoryBytes, device);
        found.push_back(std::move(info));
    }
    return found;
}

Error CudaDriver::error(CUresult code, const char* call) const {
    const char* name = nullptr;
    if (calls_.cuGetErrorName(code, &name) != CUDA_SUCCESS || name == nullptr) name = "unknown error";
    std::string message = std::string(call) + " failed with CUDA error " + std::to_string(code) + " (" + name + ")";
    return {code == kOutOfMemory ? ErrorCode::Capacity : ErrorCode::Device, std::move(message), {}};
}

bool isStickyCudaError(CUresult code) {
    switch (static_cast<int>(code)) {
        case 4:    // deinitialised
        case 46:   // device unavailable
        case 214:  // uncorrectable ECC error
        case 220:  // uncorrectable NVLink error
        case 226:  // contained hardware error
        case 700:  // illegal address
        case 702:  // launch timeout
        case 710:  // assert
        case 714:  // hardware stack error
        case 715:  // illegal instruction
        case 716:  // misaligned address
        case 717:  // invalid address space
        case 718:  // invalid program counter
        case 719:  // launch failed
        case 721:  // tensor memory leak
        case 999:  // unknown
            return true;
        default: return false;
    }
}

}  // namespace tessera
