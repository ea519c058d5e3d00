#include "gpu/cuda_context.h"

namespace tessera {
namespace {

constexpr unsigned kNonBlockingStream = 1;  // CU_STREAM_NON_BLOCKING

}  // namespace

Result<std::shared_ptr<CudaContext>> CudaContext::create(std::shared_ptr<const CudaDriver> driver, int index) {
    auto devices = driver->devices();
    if (!devices) return devices.error();
    if (index < 0 || static_cast<std::size_t>(index) >= devices->size()) {
        return invalidArgument("there is no GPU " + std::to_string(index) + "; the driver reports " +
                               std::to_string(devices->size()));
    }
    std::shared_ptr<CudaContext> context(
        new CudaContext(std::move(driver), (*devices)[static_cast<std::size_t>(index)]));
    TESSERA_TRY(context->retain());
    return context;
}

Status CudaContext::retain() {
    TESSERA_TRY(check(calls().cuDeviceGet(&id_, device_.index), "cuDeviceGet"));
    // Answers an error when the context is active already; its flags then stay as they are.
    calls().cuDevicePrimaryCtxSetFlags(id_, CU_CTX_SCHED_BLOCKING_SYNC);
    return check(calls().cuDevicePrimaryCtxRetain(&handle_, id_), "cuDevicePrimaryCtxRetain");
}

CudaContext::~CudaContext() {
    if (handle_ != nullptr) calls().cuDevicePrimaryCtxRelease(id_);
}

Status CudaContext::check(CUresult code, const char* call) {
    if (code == CUDA_SUCCESS) return kOk;
    Error error = driver_->error(code, call);
    if (!isStickyCudaError(code)) return error;
    error.code = ErrorCode::Device;
    Lock lock(mutex_);
    if (!lossReason_.empty()) return error;
    lossReason_ = error.message;
    lost_.store(true, std::memory_order_release);
    if (lossListener_) lossListener_(lossReason_);
    return error;
}

void CudaContext::setLossListener(std::function<void(const std::string&)> listener) {
    Lock lock(mutex_);
    lossListener_ = std::move(listener);
}

std::string CudaContext::lossReason() const {
    Lock lock(mutex_);
    return lossReason_;
}

std::size_t CudaContext::freeBytes() {
    const CudaScope scope(*this);
    std::size_t free = 0, total = 0;
    return check(calls().cuMemGetInfo(&free, &total), "cuMemGetInfo") ? free : 0;
}

Result<CUstream> CudaContext::createStream() {
    const CudaScope scope(*this);
    CUstream stream = nullptr;
    TESSERA_TRY(check(calls().cuStreamCreate(&stream, kNonBlockingStream), "cuStreamCreate"));
    return stream;
}

}  // namespace tessera
