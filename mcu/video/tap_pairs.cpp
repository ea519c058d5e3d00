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

/// The pairs of one output, in order of their slots.
struct Pairing {
    std::array<TapPair, kMaximumTaps> pairs;
    int count = 0;
};

constexpr int positive(int weight) {
    return weight > 0 ? weight : 0;
}

int positiveOf(const TapPair& pair) {
    return positive(pair.firstWeight) + positive(pair.secondWeight);
}

constexpr bool isSafe(int a, int b) {
    return a <= kLargestWeight && b <= kLargestWeight && positive(a) + positive(b) <= kWeightOne;
}

TapPair toPair(Tap a, Tap b) {
    if (b.weight == 0) b.offset = a.offset;
    if (a.weight == 0) a.offset = b.offset;
    return {static_cast<std::int16_t>(a.offset), static_cast<std::int16_t>(b.offset),
            static_cast<std::int8_t>(a.weight), static_cast<std::int8_t>(b.weight), 0};
}

/// One output's taps without the zeros at either end.
class UsedTaps {
public:
    UsedTaps(const ScaleTable& table, std::size_t output) {
        const auto taps = static_cast<std::size_t>(table.taps);
        const std::int16_t* weights = table.weights.data() + output * taps;
        std::size_t begin = 0, end = taps;
        while (weights[begin] == 0) ++begin;
        while (weights[end - 1] == 0) --end;
        for (std::size_t k = begin; k < end; ++k) taps_[count_++] = {static_cast<int>(k), weights[k]};
    }

    std::span<const Tap> get() const { return {taps_.data(), count_}; }
    int pairs() const { return static_cast<int>(count_ + 1) / 2; }

private:
    std::array<Tap, kMaximumTaps> taps_;
    std::size_t count_ = 0;
};

/// Moves the pair of `lastSlot` to the end. @return true when the others are light enough
bool putLast(Pairing& pairing, int lastSlot) {
    const auto begin = pairing.pairs.begin(), end = begin + pairing.count;
    const auto last =
        std::find_if(begin, end, [lastSlot](const TapPair& pair) { return static_cast<int>(pair.slot) == lastSlot; });
    if (last != end) std::rotate(last, last + 1, end);
    int rest = 0;
    for (auto pair = begin; pair + 1 < end; ++pair) rest += positiveOf(*pair);
    return rest <= kWeightOne;
}

/// @return false when two neighbours, or all but the middle, are too heavy together
bool pairNeighbours(std::span<const Tap> taps, int firstSlot, int lastSlot, Pairing& out) {
    out.count = 0;
    for (std::size_t k = 0; k < taps.size(); k += 2) {
        const Tap second = k + 1 < taps.size() ? taps[k + 1] : Tap{};
        if (!isSafe(taps[k].weight, second.weight)) return false;
        TapPair& pair = out.pairs[static_cast<std::size_t>(out.count)];
        pair = toPair(taps[k], second);
        pair.slot = static_cast<std::uint8_t>(firstSlot + out.count++);
    }
    return putLast(out, lastSlot);
}

void pairLargestWithSmallest(std::span<const Tap> taps, int lastSlot, Pairing& out) {
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
    out.count = static_cast<int>(count / 2);
    for (std::size_t k = 0; k < count / 2; ++k) {
        const Tap &large = sorted[k], &small = sorted[count - 1 - k];
        TESSERA_CHECK(isSafe(large.weight, small.weight));
        out.pairs[k] = toPair(large, small);
        const int slot = static_cast<int>(k);
        out.pairs[k].slot = static_cast<std::uint8_t>(slot == 0 ? lastSlot : slot <= lastSlot ? slot - 1 : slot);
    }
    TESSERA_CHECK(putLast(out, lastSlot));
}

/// The slot of an output's first pair. What an edge cuts off is missing at that end; else the middles agree.
int firstSlot(int pairs, const TapPairs& out, bool isLeft) {
    if (pairs + 1 >= out.slots) return out.lastSlot - pairs / 2;
    return isLeft ? out.slots - pairs : 0;
}

/// @return false when some output needs more slots
bool pairAll(const ScaleTable& table, TapPairs& out) {
    const std::size_t targets = table.first.size();
    Pairing pairing;
    for (std::size_t i = 0; i < targets; ++i) {
        const UsedTaps taps(table, i);
        const int first = firstSlot(taps.pairs(), out, i < targets / 2);
        if (!pairNeighbours(taps.get(), first, out.lastSlot, pairing)) {
            pairLargestWithSmallest(taps.get(), out.lastSlot, pairing);
        }
        if (pairing.count > out.slots) return false;
        std::copy_n(pairing.pairs.begin(), pairing.count,
                    out.pairs.begin() + static_cast<std::ptrdiff_t>(i) * out.slots);
        out.counts[i] = static_cast<std::uint8_t>(pairing.count);
    }
    return true;
}

}  // namespace

void pairTaps(const ScaleTable& table, TapPairs& out) {
    const std::size_t targets = table.first.size();
    out.counts.resize(targets);
    out.slots = 0;
    for (std::size_t i = 0; i < targets; ++i) out.slots = std::max(out.slots, UsedTaps(table, i).pairs());
    for (;; ++out.slots) {
        TESSERA_CHECK(out.slots <= kMaximumPairs);
        out.lastSlot = out.slots / 2;
        out.pairs.resize(targets * static_cast<std::size_t>(out.slots));
        if (pairAll(table, out)) return;
    }
}

}  // namespace tessera
