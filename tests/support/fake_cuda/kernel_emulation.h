#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "gpu/kernel/compose_tile.h"

namespace tessera::kernel {

/// Runs the threads of a phase one after the other in an order that changes with every phase: a phase in which one
/// thread reads what another writes gives different pictures.
class ShuffledThreads {
public:
    explicit ShuffledThreads(std::mt19937& random) : random_(&random) {}

    template <typename Phase>
    void operator()(Phase phase) const {
        std::array<int, kThreads> order{};
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), *random_);
        for (const int thread : order) phase(thread);
    }

private:
    std::mt19937* random_;
};

/// One launch on the host: tiles in shuffled order, each with shared memory full of leftovers.
inline void emulateLaunch(const LaunchTable& table, int tiles, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<int> order(static_cast<std::size_t>(tiles));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    const auto scratch = std::make_unique<TileScratch>();
    for (const int tile : order) {
        std::memset(scratch.get(), static_cast<int>(random() & 0xff), sizeof(TileScratch));
        composeTile(table, tile, *scratch, ShuffledThreads(random));
    }
}

}  // namespace tessera::kernel
