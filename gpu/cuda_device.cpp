#include "gpu/cuda_device.h"

namespace tessera {

CudaDevice::CudaDevice(std::shared_ptr<CudaContext> context, const CudaLimits& limits)
    : context_(std::move(context)),
      limits_(limits),
      memory_(context_, CudaMemoryKind::Device, limits.memoryBytes),
      pinned_(context_, CudaMemoryKind::Pinned, limits.pinnedBytes) {}

CudaDevice::~CudaDevice() {
    if (download_ == nullptr || isLost()) return;
    const CudaScope scope(*context_);
    context_->calls().cuStreamDestroy(download_);
}

Result<std::shared_ptr<CudaDevice>> CudaDevice::open(std::shared_ptr<const CudaDriver> driver, int index,
                                                     const CudaLimits& limits) {
    auto context = CudaContext::create(std::move(driver), index);
    if (!context) return context.error();
    std::shared_ptr<CudaDevice> device(new CudaDevice(*context, limits));
    if (!device->hasRoom()) {
        return Error{ErrorCode::Capacity, "GPU " + std::to_string(index) + " has too little free memory", {}};
    }
    auto stream = device->context_->createStream();
    if (!stream) return stream.error();
    device->download_ = *stream;
    return device;
}

bool CudaDevice::hasRoom(std::size_t bytes) const {
    return !isLost() && context_->freeBytes() > limits_.reserveBytes + bytes;
}

}  // namespace tessera
