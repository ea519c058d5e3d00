#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gpu/cuda_device.h"
#include "gpu/gpu_composers.h"
#include "gpu/nvdec.h"

namespace tessera {

/// Which GPUs are used, and how much of each.
struct GpuSettings {
    std::string devices = "auto";  ///< "auto": every one; "none"; or numbers as the driver counts: "0,2"
    CudaLimits memory;
    NvdecLimits decoding;
    /// Where libcuda.so.1 and libnvcuvid.so.1 lie, with a slash at the end; empty = where the dynamic linker finds
    /// them.
    std::string libraryFolder;
};

/// "auto", "none" or numbers separated by commas; sorted, each once.
/// @return empty for "auto" and "none"
/// @error invalid_argument
Result<std::vector<int>> parseGpuDevices(const std::string& text);

/// One GPU in use.
struct GpuEngine {
    std::shared_ptr<CudaDevice> device;
    std::shared_ptr<Nvdec> nvdec;  ///< null: nothing is decoded on it

    bool isUsable() const { return !device->isLost(); }
};

/// The GPUs of this process. There may be none, which is no error: everything then happens on the CPU.
/// @thread any
class GpuEngines {
public:
    /// Opens what the settings name; takes up to a second for each device.
    static std::shared_ptr<const GpuEngines> open(const GpuSettings& settings);

    const std::vector<GpuEngine>& engines() const { return engines_; }

    /// Why a device or a part of one is not used, a sentence each.
    const std::vector<std::string>& reasons() const { return reasons_; }

    /// Those of one device, without its name; empty when all of it is used.
    std::string reasonsOf(int device) const;

    /// The engine for what belongs to no meeting: of those not lost the one with the most free memory. Null when there
    /// is none.
    const GpuEngine* pick() const;

    /// The engine of a meeting: that which its views are composed on, so that pictures stay on it. Null when there is
    /// none.
    const GpuEngine* engineOf(std::string_view meeting) const;

    /// The same devices as far as they compose; never null.
    const std::shared_ptr<GpuComposers>& composers() const { return composers_; }

private:
    GpuEngines() = default;
    void openDevices(const GpuSettings& settings);
    void openDevice(const std::shared_ptr<const CudaDriver>& driver, int index, const GpuSettings& settings);

    // State
    std::vector<GpuEngine> engines_;
    std::shared_ptr<GpuComposers> composers_;
    std::vector<std::string> reasons_;
};

}  // namespace tessera
