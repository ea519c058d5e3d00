#include "api/machine_probe.h"

#include "mcu/base/cpu_info.h"
#include "mcu/video/kernels.h"

#include "api/version.h"
#include "gpu/gpu_device.h"
#include "gpu/gpu_engines.h"
#include "pipelines/codecs/decoder_catalog.h"
#include "pipelines/codecs/encoder_catalog.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

Json cpuJson() {
    const auto cpu = readCpuInfo();
    return {{"model", cpu.model},
            {"architecture", cpu.architecture},
            {"threads", cpu.threads},
            {"share", cpu.share},
            {"simd", cpu.simd}};
}

Json encodersJson(const GpuEngines& gpus) {
    auto list = Json::array();
    for (const auto& encoder : probeEncoders(gpus.engines().empty() ? nullptr : gpus.engines().front().device)) {
        list.push_back({{"name", encoder.name},
                        {"kind", encoder.kind},
                        {"codec", encoder.codec},
                        {"element", encoder.element},
                        {"summary", encoder.summary},
                        {"available", encoder.available},
                        {"reason", encoder.reason}});
    }
    return list;
}

Json decodersJson(const GpuEngines& gpus) {
    auto list = Json::array();
    for (const auto& decoder : probeDecoders(&gpus)) {
        list.push_back({{"name", decoder.element},
                        {"kind", decoder.kind},
                        {"codec", decoder.codec},
                        {"element", decoder.element},
                        {"available", decoder.available},
                        {"reason", decoder.reason}});
    }
    return list;
}

Json gpuJson() {
    const auto probe = probeGpus();
    auto devices = Json::array();
    for (const auto& device : probe.devices) {
        devices.push_back({{"index", device.index},
                           {"name", device.name},
                           {"compute_capability", device.computeCapability},
                           {"memory_bytes", device.memoryBytes}});
    }
    return {{"devices", devices}, {"reason", probe.reason}};
}

std::string codecLines(const std::string& title, const Json& rows) {
    std::string out = title + "\n";
    for (const auto& row : rows) {
        out += "  " + row["codec"].get<std::string>() + " by " + row["name"].get<std::string>() + ": " +
               (row["available"].get<bool>() ? "yes" : "no, " + row["reason"].get<std::string>()) + "\n";
    }
    return out;
}

}  // namespace

nlohmann::json probeMachine() {
    const auto gpus = GpuEngines::open({});
    return {{"version", version()},
            {"cpu", cpuJson()},
            {"compositor", {{"backend", "cpu"}, {"kernels", pixelKernels().name}}},
            {"encoders", encodersJson(*gpus)},
            {"decoders", decodersJson(*gpus)},
            {"gpu", gpuJson()}};
}

std::string probeText(const nlohmann::json& probe) {
    const auto& cpu = probe["cpu"];
    std::string simd;
    for (const auto& set : cpu["simd"]) simd += " " + set.get<std::string>();
    std::string out = "Tessera " + probe["version"].get<std::string>() + "\n";
    out += "CPU\n  " + cpu["model"].get<std::string>() + ", " + cpu["architecture"].get<std::string>() + ", " +
           std::to_string(cpu["threads"].get<int>()) + " threads\n";
    out += "  SIMD:" + (simd.empty() ? " none" : simd) +
           "; pixel kernels: " + probe["compositor"]["kernels"].get<std::string>() + "\n";
    out += codecLines("Encoders", probe["encoders"]) + codecLines("Decoders", probe["decoders"]) + "GPU\n";
    for (const auto& device : probe["gpu"]["devices"]) {
        out += "  " + device["name"].get<std::string>() + ", compute capability " +
               device["compute_capability"].get<std::string>() + "\n";
    }
    if (probe["gpu"]["devices"].empty()) out += "  none: " + probe["gpu"]["reason"].get<std::string>() + "\n";
    return out;
}

}  // namespace tessera
