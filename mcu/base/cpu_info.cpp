#include "mcu/base/cpu_info.h"

#include <algorithm>
#include <fstream>
#include <sched.h>
#include <sys/utsname.h>

namespace tessera {
namespace {

std::string modelName() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown";
}

int allowedThreads() {
    cpu_set_t mask;
    if (sched_getaffinity(0, sizeof mask, &mask) != 0) return 1;
    return std::max(1, CPU_COUNT(&mask));
}

double groupShare(int threads) {
    std::ifstream file("/sys/fs/cgroup/cpu.max");  // "max 100000" or "quota period", in microseconds
    std::string quota;
    double period = 0;
    if (!(file >> quota >> period) || quota == "max" || period <= 0) return threads;
    char* end = nullptr;
    const double share = std::strtod(quota.c_str(), &end) / period;
    return share > 0 ? std::min<double>(share, threads) : threads;
}

std::vector<std::string> instructionSets() {
    std::vector<std::string> sets;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("ssse3")) sets.emplace_back("ssse3");
    if (__builtin_cpu_supports("sse4.1")) sets.emplace_back("sse4.1");
    if (__builtin_cpu_supports("avx2")) sets.emplace_back("avx2");
    if (__builtin_cpu_supports("avx512bw")) sets.emplace_back("avx512bw");
#elif defined(__aarch64__)
    sets.emplace_back("neon");
#endif
    return sets;
}

}  // namespace

CpuInfo readCpuInfo() {
    CpuInfo info;
    utsname names{};
    info.architecture = uname(&names) == 0 ? names.machine : "unknown";
    info.model = modelName();
    info.threads = allowedThreads();
    info.share = groupShare(info.threads);
    info.simd = instructionSets();
    return info;
}

}  // namespace tessera
