#include "mcu/video/tap_pairs.h"

#include <algorithm>
#include <array>

#include "mcu/base/check.h"

namespace tessera {
namespace {

constexpr int kLargestWeight = 127;

struct Tap {
    int offset = 0;
    int weight = 0;
};

constexpr int positive(int weight) {
    return weight > 0 ? weight : 0;
}

constexpr bool isSafe(int a, int b) {
    return a <= kLargestWeight && b <= kLargestWeight && positive(a) + positive(b) <= kWeightOne;
}

TapPair toPair(Tap a, Tap b) {
    if (b.weight == 0) b.offset = a.offset;
    if (a.weight == 0) a.offset = b.offset;
    return {static_cast<std::int16_t>(a.offset), static_cast<std::int16_t>(b.offset),
            static_cast<std::int8_t>(a.weight), static_cast<std::int8_t>(b.weight)};
}

/// @return pairs written; 0 when two neighbours are too heavy together
int pairNeighbours(std::span<const Tap> taps, TapPair* out) {
    int count = 0;
    for (std::size_t k = 0; k < taps.size(); k += 2) {
        const Tap second = k + 1 < taps.size() ? taps[k + 1] : Tap{};
        if (!isSafe(taps[k].weight, second.weight)) return 0;
        out[count++] = toPair(taps[k], second);
    }
    return count;
}

int pairLargestWithSmallest(std::span<const Tap> taps, TapPair* out) {
    std::array<Tap, 2 * kMaximumTaps> sorted;
    std::size_t count = 0;
    for (const Tap& tap : taps) {
        const int half = tap.weight > kLargestWeight ? tap.weight / 2 : 0;
        sorted[count++] = {tap.offset, tap.weight - half};
        if (half > 0) sorted[count++] = {tap.offset, half};
    }
    if (count % 2 != 0) sorted[count++] = {};
    std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count),
              [](const Tap& a, const Tap& b) { return a.weight > b.weight; });
    for (std::size_t k = 0; k < count / 2; ++k) {
        const Tap &large = sorted[k], &small = sorted[count - 1 - k];
        TESSERA_CHECK(isSafe(large.weight, small.weight));
        out[k] = toPair(large, small);
    }
    return static_cast<int>(count / 2);
}

}  // namespace

void pairTaps(const ScaleTable& table, TapPairs& out) {
    const auto taps = static_cast<std::size_t>(table.taps), targets = table.first.size();
    out.stride = std::min(table.taps / 2 + 2, kMaximumPairs);
    out.pairs.resize(targets * static_cast<std::size_t>(out.stride));
    out.counts.resize(targets);
    out.isSigned = std::any_of(table.weights.begin(), table.weights.end(), [](std::int16_t w) { return w < 0; });
    std::array<TapPair, kMaximumTaps> pairs;
    for (std::size_t i = 0; i < targets; ++i) {
        const std::int16_t* weights = table.weights.data() + i * taps;
        std::array<Tap, kMaximumTaps> used;
        std::size_t begin = 0, end = taps;
        while (weights[begin] == 0) ++begin;
        while (weights[end - 1] == 0) --end;
        for (std::size_t k = begin; k < end; ++k) used[k - begin] = {static_cast<int>(k), weights[k]};
        const std::span<const Tap> span(used.data(), end - begin);
        int count = pairNeighbours(span, pairs.data());
        if (count == 0) count = pairLargestWithSmallest(span, pairs.data());
        TESSERA_CHECK(count <= out.stride);
        std::copy_n(pairs.begin(), count, out.pairs.begin() + static_cast<std::ptrdiff_t>(i) * out.stride);
        out.counts[i] = static_cast<std::uint8_t>(count);
    }
}

}  // namespace tessera
