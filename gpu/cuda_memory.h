#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "gpu/cuda_context.h"

namespace tessera {

/// A piece of memory that its holder alone uses; it goes back to its pool with the last reference.
struct CudaBlock {
    CUdeviceptr device = 0;        ///< address on the device
    std::uint8_t* host = nullptr;  ///< address on the host when the pool is pinned memory
    std::size_t bytes = 0;
};

enum class CudaMemoryKind {
    Device,
    Pinned,  ///< host memory that the device reads and writes by itself
};

/// Keeps blocks of one kind of memory warm: allocating and freeing would make the whole device wait.
/// @thread any; CUDA is called outside of the lock
class CudaMemory {
public:
    /// @param limitBytes  most that this pool takes from the device, in use and kept
    CudaMemory(std::shared_ptr<CudaContext> context, CudaMemoryKind kind, std::size_t limitBytes);

    /// @return a block of at least `bytes` with undefined content, aligned to 256 bytes. The last user's work on it may
    ///         still be queued: reuse it on the same stream, or let go of it only when a fence has passed.
    /// @error capacity: the limit, or no memory left; device: the device was lost
    Result<std::shared_ptr<const CudaBlock>> take(std::size_t bytes);

    /// Bytes taken from the device, in use and kept.
    std::size_t bytesHeld() const;

private:
    struct Shelf;

    // State
    std::shared_ptr<Shelf> shelf_;
};

}  // namespace tessera
