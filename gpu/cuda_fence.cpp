#include "gpu/cuda_fence.h"

namespace tessera {
namespace {

constexpr unsigned kSleepingUntimed = 1 | 2;  // CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING

}  // namespace

Result<std::shared_ptr<CudaFence>> CudaFence::create(std::shared_ptr<CudaContext> context) {
    const CudaScope scope(*context);
    CUevent event = nullptr;
    TESSERA_TRY(context->check(context->calls().cuEventCreate(&event, kSleepingUntimed), "cuEventCreate"));
    return std::shared_ptr<CudaFence>(new CudaFence(std::move(context), event));
}

CudaFence::~CudaFence() {
    if (context_->isLost()) return;
    const CudaScope scope(*context_);
    context_->calls().cuEventDestroy(event_);
}

Status CudaFence::record(CUstream stream) {
    return context_->check(context_->calls().cuEventRecord(event_, stream), "cuEventRecord");
}

Status CudaFence::holdBack(CUstream stream) const {
    return context_->check(context_->calls().cuStreamWaitEvent(stream, event_, 0), "cuStreamWaitEvent");
}

Result<bool> CudaFence::hasPassed() const {
    const CudaScope scope(*context_);
    const CUresult code = context_->calls().cuEventQuery(event_);
    if (code == CUDA_ERROR_NOT_READY) return false;
    TESSERA_TRY(context_->check(code, "cuEventQuery"));
    return true;
}

Status CudaFence::wait() const {
    const CudaScope scope(*context_);
    return context_->check(context_->calls().cuEventSynchronize(event_), "cuEventSynchronize");
}

}  // namespace tessera
