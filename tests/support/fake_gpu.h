#pragma once

#include <array>
#include <memory>
#include <string>

#include "gpu/cuda_launch_queue.h"
#include "tests/support/stand_in_library.h"

namespace tessera {

/// The stand-in driver inside this process: a device whose memory is the host's and whose kernel is emulated.
class FakeGpu {
public:
    /// @param plan  faults, as tests/support/fake_cuda/fault_plan.h says
    explicit FakeGpu(const std::string& plan = {}) : library_(path()) { reset(plan); }
    ~FakeGpu() { reset(""); }
    FakeGpu(const FakeGpu&) = delete;
    FakeGpu& operator=(const FakeGpu&) = delete;

    static std::string path() { return StandInLibrary::folder() + "libcuda.so.1"; }

    /// Forgets sticky errors and counts, and begins another plan.
    void reset(const std::string& plan) { library_.function<void(const char*)>("fakeCudaReset")(plan.c_str()); }
    long calls(const std::string& name) { return library_.function<long(const char*)>("fakeCudaCalls")(name.c_str()); }
    std::size_t memoryInUse() { return library_.function<std::size_t()>("fakeCudaMemoryInUse")(); }

    Result<std::shared_ptr<CudaDevice>> openDevice(int index = 0, const CudaLimits& limits = {}) {
        auto driver = CudaDriver::load(path());
        if (!driver) return driver.error();
        return CudaDevice::open(*driver, index, limits);
    }

    /// Any bytes are an image to the stand-in.
    static std::span<const std::uint8_t> kernels() {
        static constexpr std::array<std::uint8_t, 4> kImage{1, 2, 3, 4};
        return kImage;
    }
    static Result<std::shared_ptr<CudaLaunchQueue>> openQueue(std::shared_ptr<CudaDevice> device) {
        return CudaLaunchQueue::create(std::move(device), kernels());
    }

private:
    StandInLibrary library_;
};

}  // namespace tessera
