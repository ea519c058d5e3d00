#pragma once

#include <string>
#include <vector>

namespace tessera {

/// The processor as this process may use it.
struct CpuInfo {
    std::string model;              ///< "Intel(R) Xeon(R) ..."; "unknown" where the kernel does not say
    std::string architecture;       ///< "x86_64", "aarch64"
    int threads = 1;                ///< hardware threads that the affinity mask allows
    double share = 1;               ///< processors' worth of time that the control group allows; `threads` without one
    std::vector<std::string> simd;  ///< instruction sets that pixel kernels may use: "sse4.1", "avx2", "neon"
};

/// Asks the kernel and the processor.
/// @source cpuset(7), cgroup v2 cpu.max
/// @thread any
CpuInfo readCpuInfo();

}  // namespace tessera
