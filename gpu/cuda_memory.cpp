#include "gpu/cuda_memory.h"

#include <utility>

namespace tessera {
namespace {

/// Sizes are rounded up so that pictures of nearly one size share blocks; also the alignment of `cuMemAlloc`.
constexpr std::size_t kGranularity = 4096;

constexpr unsigned kPortableHostMemory = 1;  // CU_MEMHOSTALLOC_PORTABLE

}  // namespace

struct CudaMemory::Shelf {
    Shelf(std::shared_ptr<CudaContext> from, CudaMemoryKind which, std::size_t most)
        : context(std::move(from)), kind(which), limit(most) {}
    ~Shelf() { release(everything()); }
    Shelf(const Shelf&) = delete;
    Shelf& operator=(const Shelf&) = delete;

    Result<CudaBlock> allocate(std::size_t bytes) {
        CudaBlock block{0, nullptr, bytes};
        const CudaCalls& calls = context->calls();
        const CudaScope scope(*context);
        if (kind == CudaMemoryKind::Device) {
            TESSERA_TRY(context->check(calls.cuMemAlloc(&block.device, bytes), "cuMemAlloc"));
            return block;
        }
        void* memory = nullptr;
        TESSERA_TRY(context->check(calls.cuMemHostAlloc(&memory, bytes, kPortableHostMemory), "cuMemHostAlloc"));
        block.host = static_cast<std::uint8_t*>(memory);
        block.device = reinterpret_cast<CUdeviceptr>(memory);
        return block;
    }

    void release(const std::vector<CudaBlock>& blocks) {
        if (blocks.empty() || context->isLost()) return;  // a lost device answers every call with its error
        const CudaScope scope(*context);
        for (const CudaBlock& block : blocks) {
            if (kind == CudaMemoryKind::Device) context->calls().cuMemFree(block.device);
            if (kind == CudaMemoryKind::Pinned) context->calls().cuMemFreeHost(block.host);
        }
    }

    std::vector<CudaBlock> everything() {
        Lock lock(mutex);
        std::vector<CudaBlock> blocks;
        for (const auto& [bytes, block] : free) {
            blocks.push_back(block);
            held -= bytes;
        }
        free.clear();
        return blocks;
    }

    /// Takes a kept block, or room for a new one; neither when the limit is reached.
    bool reserve(std::size_t bytes, CudaBlock& block) {
        Lock lock(mutex);
        if (const auto kept = free.find(bytes); kept != free.end()) {
            block = kept->second;
            free.erase(kept);
            return true;
        }
        if (held + bytes > limit) return false;
        held += bytes;
        return true;
    }

    void giveBack(const CudaBlock& block) {
        Lock lock(mutex);
        free.emplace(block.bytes, block);
    }

    void unreserve(std::size_t bytes) {
        Lock lock(mutex);
        held -= bytes;
    }

    const std::shared_ptr<CudaContext> context;
    const CudaMemoryKind kind;
    const std::size_t limit;
    mutable Mutex mutex;
    std::multimap<std::size_t, CudaBlock> free GUARDED_BY(mutex);
    std::size_t held GUARDED_BY(mutex) = 0;
};

CudaMemory::CudaMemory(std::shared_ptr<CudaContext> context, CudaMemoryKind kind, std::size_t limitBytes)
    : shelf_(std::make_shared<Shelf>(std::move(context), kind, limitBytes)) {}

Result<std::shared_ptr<const CudaBlock>> CudaMemory::take(std::size_t bytes) {
    const std::size_t rounded = (bytes + kGranularity - 1) / kGranularity * kGranularity;
    CudaBlock block;
    if (!shelf_->reserve(rounded, block)) {
        shelf_->release(shelf_->everything());
        if (!shelf_->reserve(rounded, block)) {
            return Error{ErrorCode::Capacity, "the limit of GPU memory is reached; raise gpu.memory_mb", {}};
        }
    }
    if (block.bytes == 0) {
        auto fresh = shelf_->allocate(rounded);
        if (!fresh && fresh.error().code == ErrorCode::Capacity) {
            shelf_->release(shelf_->everything());
            fresh = shelf_->allocate(rounded);
        }
        if (!fresh) {
            shelf_->unreserve(rounded);
            return fresh.error();
        }
        block = *fresh;
    }
    return std::shared_ptr<const CudaBlock>(new CudaBlock(block), [shelf = shelf_](const CudaBlock* returned) {
        shelf->giveBack(*returned);
        delete returned;
    });
}

std::size_t CudaMemory::bytesHeld() const {
    Lock lock(shelf_->mutex);
    return shelf_->held;
}

}  // namespace tessera
