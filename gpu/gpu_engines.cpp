#include "gpu/gpu_engines.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <sstream>
#include <utility>

#include "gpu/kernel_image.h"

namespace tessera {
namespace {

constexpr int kMostDevices = 64;

/// What a reason begins with that concerns one device alone.
std::string nameOf(int device) {
    return "GPU " + std::to_string(device) + ": ";
}

}  // namespace

Result<std::vector<int>> parseGpuDevices(const std::string& text) {
    std::vector<int> indices;
    if (text == "auto" || text == "none") return indices;
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');) {
        int index = -1;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
        if (error != std::errc() || end != word.data() + word.size() || index < 0 || index >= kMostDevices) {
            return invalidArgument("\"" + word + "\" is no device: auto, none, or numbers separated by commas");
        }
        indices.push_back(index);
    }
    if (indices.empty()) return invalidArgument("must be auto, none, or numbers separated by commas");
    std::sort(indices.begin(), indices.end());
    indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
    return indices;
}

std::shared_ptr<const GpuEngines> GpuEngines::open(const GpuSettings& settings) {
    std::shared_ptr<GpuEngines> result(new GpuEngines);
    result->openDevices(settings);
    std::vector<std::shared_ptr<CudaDevice>> devices;
    for (const auto& engine : result->engines_) devices.push_back(engine.device);
    result->composers_ = GpuComposers::open(devices, kernelImage());
    const auto& reasons = result->composers_->reasons();
    result->reasons_.insert(result->reasons_.end(), reasons.begin(), reasons.end());
    return result;
}

void GpuEngines::openDevices(const GpuSettings& settings) {
    auto indices = parseGpuDevices(settings.devices);
    if (!indices) return reasons_.push_back(indices.error().message);
    if (settings.devices == "none") return reasons_.push_back("the configuration uses no GPU");
    const auto driver = settings.libraryFolder.empty() ? CudaDriver::instance()
                                                       : CudaDriver::load(settings.libraryFolder + "libcuda.so.1");
    if (!driver) return reasons_.push_back(driver.error().message);
    if (settings.devices == "auto") {
        const auto devices = (*driver)->devices();
        if (!devices) return reasons_.push_back(devices.error().message);
        indices->resize(devices->size());
        std::iota(indices->begin(), indices->end(), 0);
        if (indices->empty()) return reasons_.push_back("the NVIDIA driver finds no device");
    }
    for (const int index : *indices) openDevice(*driver, index, settings);
}

void GpuEngines::openDevice(const std::shared_ptr<const CudaDriver>& driver, int index, const GpuSettings& settings) {
    const std::string name = nameOf(index);
    auto device = CudaDevice::open(driver, index, settings.memory);
    if (!device) return reasons_.push_back(name + device.error().message);
    GpuEngine engine{*device, nullptr};
    const std::string library = settings.libraryFolder.empty() ? "" : settings.libraryFolder + "libnvcuvid.so.1";
    if (settings.decoding.decoders == 0) {
        reasons_.push_back(name + "decodes nothing, since gpu.max_decoders is 0");
    } else if (auto nvdec = Nvdec::open(engine.device, settings.decoding, library); nvdec.ok()) {
        engine.nvdec = *std::move(nvdec);
    } else {
        reasons_.push_back(name + nvdec.error().message);
    }
    engines_.push_back(std::move(engine));
}

std::string GpuEngines::reasonsOf(int device) const {
    std::string found;
    const std::string name = nameOf(device);
    for (const auto& reason : reasons_) {
        if (reason.starts_with(name)) found += (found.empty() ? "" : "; ") + reason.substr(name.size());
    }
    return found;
}

const GpuEngine* GpuEngines::pick() const {
    const GpuEngine* best = nullptr;
    std::size_t most = 0;
    for (const auto& engine : engines_) {
        if (!engine.isUsable()) continue;
        const std::size_t free = engine.device->context().freeBytes();
        if (best != nullptr && free <= most) continue;
        best = &engine;
        most = free;
    }
    return best;
}

const GpuEngine* GpuEngines::engineOf(std::string_view meeting) const {
    const auto composer = composers_->place(meeting);
    if (!composer) return pick();
    for (const auto& engine : engines_) {
        if (engine.device.get() == &composer->device()) return &engine;
    }
    return pick();
}

}  // namespace tessera
