#include "gpu/gpu_composers.h"

#include <algorithm>
#include <utility>

#include "mcu/base/log.h"

namespace tessera {

struct GpuComposers::Placement {
    std::shared_ptr<GpuComposer> composer;
};

std::shared_ptr<GpuComposers> GpuComposers::open(const std::vector<std::shared_ptr<CudaDevice>>& devices,
                                                 std::span<const std::uint8_t> kernels) {
    std::shared_ptr<GpuComposers> result(new GpuComposers);
    result->devices_ = devices;
    for (const auto& device : devices) {
        result->watch(device->context());
        auto queue = CudaLaunchQueue::create(device, kernels);
        if (!queue) {
            const int index = device->context().device().index;
            result->reasons_.push_back("GPU " + std::to_string(index) + ": " + queue.error().message);
            continue;
        }
        auto composer = std::make_shared<GpuComposer>();
        composer->queue = std::move(*queue);
        result->composers_.push_back(std::move(composer));
    }
    return result;
}

GpuComposers::~GpuComposers() {
    for (const auto& device : devices_) device->context().setLossListener(nullptr);
}

void GpuComposers::watch(CudaContext& context) {
    const int index = context.device().index;
    context.setLossListener([this, index](const std::string& reason) {
        devicesLost.add();
        events_.post([this, index, reason] {
            log(LogLevel::Error, "gpu", "device.lost",
                {{"gpu", index}, {"reason", reason}, {"detail", "everything goes on without it until the next start"}});
            std::function<void(int, const std::string&)> hear;
            {
                Lock lock(mutex_);
                hear = hear_;
            }
            if (hear) hear(index, reason);
        });
    });
}

void GpuComposers::onLoss(std::function<void(int device, const std::string& reason)> hear) {
    Lock lock(mutex_);
    hear_ = std::move(hear);
}

std::shared_ptr<GpuComposer> GpuComposers::place(std::string_view meeting) {
    std::shared_ptr<GpuComposer> chosen;
    std::size_t most = 0;
    {
        Lock lock(mutex_);
        std::erase_if(placements_, [](const auto& entry) { return entry.second.expired(); });
        if (const auto known = placements_.find(meeting); known != placements_.end()) {
            auto placement = known->second.lock();
            if (placement && !placement->composer->device().isLost()) return {placement, placement->composer.get()};
        }
    }
    for (const auto& composer : composers_) {
        if (!composer->device().hasRoom()) continue;
        const std::size_t free = composer->device().context().freeBytes();
        if (chosen && free <= most) continue;
        chosen = composer;
        most = free;
    }
    if (!chosen) return nullptr;
    auto placement = std::make_shared<Placement>(Placement{chosen});
    Lock lock(mutex_);
    placements_.insert_or_assign(std::string(meeting), placement);
    return {placement, placement->composer.get()};
}

std::vector<GpuComposerState> GpuComposers::states() const {
    std::vector<GpuComposerState> states;
    for (const auto& composer : composers_) {
        GpuComposerState state;
        state.device = composer->device().context().device();
        state.launches = composer->queue->launches.value();
        state.canvases = composer->queue->canvases.value();
        state.picturesFailed = composer->picturesFailed.value();
        Lock lock(mutex_);
        state.meetings = static_cast<int>(std::count_if(placements_.begin(), placements_.end(), [&](const auto& entry) {
            const auto placement = entry.second.lock();
            return placement && placement->composer == composer;
        }));
        states.push_back(std::move(state));
    }
    return states;
}

}  // namespace tessera
