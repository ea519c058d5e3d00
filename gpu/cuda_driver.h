#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mcu/base/result.h"

#include "gpu/ffnvcodec.h"

namespace tessera {

/// The driver's functions: ffnvcodec's table and what it lacks. Each answers a CUresult, 0 for success.
/// @source CUDA Driver API, version 13.0; names with _v2 where the API has one
struct CudaCalls : CudaFunctions {
    CUresult (*cuDriverGetVersion)(int* version) = nullptr;
    CUresult (*cuDeviceTotalMem)(std::size_t* bytes, CUdevice device) = nullptr;
    CUresult (*cuMemGetInfo)(std::size_t* free, std::size_t* total) = nullptr;
    CUresult (*cuMemHostAlloc)(void** memory, std::size_t bytes, unsigned flags) = nullptr;
    CUresult (*cuMemFreeHost)(void* memory) = nullptr;
    CUresult (*cuStreamWaitEvent)(CUstream stream, CUevent event, unsigned flags) = nullptr;
};

/// One device as the driver describes it.
struct CudaDeviceInfo {
    int index = 0;
    std::string name;
    int major = 0;  ///< of the compute capability
    int minor = 0;
    std::size_t memoryBytes = 0;
};

/// NVIDIA's driver, loaded at run time: nothing of CUDA is linked, and without a driver the process is the same but for
/// this object. Never unloaded while anything made with it lives.
/// @thread any
class CudaDriver {
public:
    /// The driver of this machine. The first call loads and initialises it (up to a second), the rest repeat its
    /// answer.
    /// @error unsupported: says which of these it is: no driver, too old a driver, or cuInit's error
    static const Result<std::shared_ptr<const CudaDriver>>& instance();

    /// @param path  of another library that answers like libcuda.so.1, for tests; empty = the machine's
    /// @error as `instance`
    static Result<std::shared_ptr<const CudaDriver>> load(const std::string& path = {});

    ~CudaDriver();
    CudaDriver(const CudaDriver&) = delete;
    CudaDriver& operator=(const CudaDriver&) = delete;

    const CudaCalls& calls() const { return calls_; }

    /// The CUDA version that the driver serves, 1000*major + 10*minor.
    int version() const { return version_; }

    /// @error device: a device did not describe itself
    Result<std::vector<CudaDeviceInfo>> devices() const;

    /// `call` failed with `code`: capacity for lack of memory, else device.
    Error error(CUresult code, const char* call) const;

private:
    CudaDriver() = default;

    // State
    CudaCalls calls_{};
    CudaFunctions* table_ = nullptr;
    int version_ = 0;
};

/// True for errors after which every later call of the process to that device fails too; the remedy is a new process.
/// @source CUDA Driver API, CUresult: "the context cannot be used ... process must be terminated and relaunched"
bool isStickyCudaError(CUresult code);

}  // namespace tessera
