#include "gpu/cuda_uploads.h"

#include <algorithm>
#include <utility>

namespace tessera {

std::shared_ptr<CudaUploads::Slot> CudaUploads::slotOf(const UploadKey& key) {
    Lock lock(mutex_);
    if (slots_.size() > sweepAt_) {
        std::erase_if(slots_, [](const auto& entry) { return entry.second.expired(); });
        sweepAt_ = std::max<std::size_t>(256, 2 * slots_.size());
    }
    auto& known = slots_[key];
    auto slot = known.lock();
    if (!slot) {
        slot = std::make_shared<Slot>();
        known = slot;
    }
    return slot;
}

Result<UploadPtr> CudaUploads::find(const UploadKey& key, std::size_t bytes,
                                    const std::function<void(std::uint8_t*)>& fill) {
    const auto slot = slotOf(key);
    Lock lock(slot->mutex);
    if (auto upload = slot->upload.lock()) return upload;
    auto copied = copy(bytes, fill);
    if (!copied) return copied.error();
    copied->slot = slot;
    const UploadPtr upload = std::make_shared<const Upload>(std::move(*copied));
    slot->upload = upload;
    return upload;
}

Result<Upload> CudaUploads::copy(std::size_t bytes, const std::function<void(std::uint8_t*)>& fill) {
    auto staging = device_->pinned().take(bytes);
    if (!staging) return staging.error();
    auto block = device_->memory().take(bytes);
    if (!block) return block.error();
    fill((*staging)->host);
    CudaContext& context = device_->context();
    const CudaScope scope(context);
    const auto code = context.calls().cuMemcpyHtoDAsync((*block)->device, (*staging)->host, bytes, stream_);
    TESSERA_TRY(context.check(code, "cuMemcpyHtoDAsync"));
    return Upload{std::move(*block), std::move(*staging), nullptr};
}

}  // namespace tessera
