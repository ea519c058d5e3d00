#include "gpu/kernel/compose_tile.h"

namespace {

/// A phase on the device: every thread for itself, then all wait for each other.
struct WithBarrier {
    template <typename Phase>
    __device__ void operator()(Phase phase) const {
        phase(static_cast<int>(threadIdx.x));
        __syncthreads();
    }
};

}  // namespace

/// Draws the tiles of a launch table, one block of kThreads each; eight blocks to a multiprocessor keep 64 registers each.
extern "C" __global__ void __launch_bounds__(tessera::kernel::kThreads, 8)
    composeTiles(const tessera::kernel::LaunchTable table) {
    __shared__ tessera::kernel::TileScratch scratch;
    tessera::kernel::composeTile(table, static_cast<int>(blockIdx.x), scratch, WithBarrier{});
}
