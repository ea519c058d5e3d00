#pragma once

#include <memory>

#include "gpu/cuda_context.h"

namespace tessera {

/// A point in a stream's work that others wait for: streams without the host, the host asleep.
/// @thread any; recorded by one thread before it is shared
class CudaFence {
public:
    /// @error device
    static Result<std::shared_ptr<CudaFence>> create(std::shared_ptr<CudaContext> context);
    ~CudaFence();
    CudaFence(const CudaFence&) = delete;
    CudaFence& operator=(const CudaFence&) = delete;

    /// Marks what was queued on `stream` so far. Needs a CudaScope, like the next one.
    Status record(CUstream stream);

    /// Lets later work of `stream` wait for the mark. Returns at once.
    Status holdBack(CUstream stream) const;

    /// @return false while work before the mark goes on
    /// @error device: that work failed; then waiting has no end but this
    Result<bool> hasPassed() const;

    /// Sleeps until the mark is passed.
    Status wait() const;

private:
    CudaFence(std::shared_ptr<CudaContext> context, CUevent event) : context_(std::move(context)), event_(event) {}

    // State
    std::shared_ptr<CudaContext> context_;
    CUevent event_;
};

}  // namespace tessera
