#include "api/machine_probe.h"

#include <algorithm>

#include "mcu/base/cpu_info.h"
#include "mcu/video/kernels.h"

#include "api/version.h"
#include "gpu/gpu_device.h"
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

Json gpuJson(const GpuEngines& gpus) {
    const auto probe = probeGpus();
    const auto composing = gpus.composers()->states();
    auto devices = Json::array();
    for (const auto& device : probe.devices) {
        const bool composes = std::any_of(composing.begin(), composing.end(),
                                          [&](const auto& state) { return state.device.index == device.index; });
        const bool decodes = std::any_of(gpus.engines().begin(), gpus.engines().end(), [&](const auto& engine) {
            return engine.nvdec && engine.device->context().device().index == device.index;
        });
        devices.push_back({{"index", device.index},
                           {"name", device.name},
                           {"compute_capability", device.computeCapability},
                           {"memory_bytes", device.memoryBytes},
                           {"composes", composes},
                           {"decodes", decodes},
                           {"reason", gpus.reasonsOf(device.index)}});
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

std::string gpuLine(const Json& device) {
    const auto says = [&](const char* key, const char* verb) {
        return std::string(device[key].get<bool>() ? ", " : ", does not ") + verb +
               (device[key].get<bool>() ? "s" : "");
    };
    const auto reason = device["reason"].get<std::string>();
    return "  " + device["name"].get<std::string>() + ", compute capability " +
           device["compute_capability"].get<std::string>() + says("composes", "compose") + says("decodes", "decode") +
           (reason.empty() ? "" : ": " + reason) + "\n";
}

}  // namespace

nlohmann::json probeMachine(const GpuEngines& gpus) {
    const char* backend = gpus.composers()->states().empty() ? "cpu" : "cuda";
    return {{"version", version()},
            {"cpu", cpuJson()},
            {"compositor", {{"backend", backend}, {"kernels", pixelKernels().name}}},
            {"encoders", encodersJson(gpus)},
            {"decoders", decodersJson(gpus)},
            {"gpu", gpuJson(gpus)}};
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
    for (const auto& device : probe["gpu"]["devices"]) out += gpuLine(device);
    if (probe["gpu"]["devices"].empty()) out += "  none: " + probe["gpu"]["reason"].get<std::string>() + "\n";
    return out;
}

}  // namespace tessera
