#include "mcu/video/column_layout.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tessera {
namespace {

constexpr int kLaneBytes = 16;
constexpr int kLaneOutputs = 8;
constexpr std::uint8_t kNowhere = 0x80;

/// Where the samples of a run of outputs lie for one pair, and what they weigh.
struct Fetch {
    static constexpr int kMost = 32;
    std::array<int, 2 * kMost> columns{};  ///< counted from sourceBegin
    std::array<std::int8_t, 2 * kMost> weights{};
    int outputs = 0;

    /// The first and the last column that weigh something in outputs [begin, end); both 0 when nothing does.
    std::array<int, 2> range(int begin, int end) const {
        int low = std::numeric_limits<int>::max(), high = -1;
        for (int k = 2 * begin; k < 2 * end; ++k) {
            if (weights[static_cast<std::size_t>(k)] == 0) continue;
            low = std::min(low, columns[static_cast<std::size_t>(k)]);
            high = std::max(high, columns[static_cast<std::size_t>(k)]);
        }
        return high < 0 ? std::array{0, 0} : std::array{low, high};
    }
};

/// Outputs [target, target + count) that exist; the others weigh nothing.
Fetch fetchOf(const ScaleTable& table, const TapPairs& pairs, int target, int count, int slot) {
    Fetch fetch;
    fetch.outputs = count;
    for (int i = 0; i < std::min(count, table.targetLength() - target); ++i) {
        const int first = table.first[static_cast<std::size_t>(target + i)] - table.sourceBegin;
        for (const TapPair& taps : pairs.of(target + i)) {
            if (taps.slot != slot) continue;
            const auto at = static_cast<std::size_t>(2 * i);
            fetch.columns[at] = first + taps.first;
            fetch.columns[at + 1] = first + taps.second;
            fetch.weights[at] = taps.firstWeight;
            fetch.weights[at + 1] = taps.secondWeight;
        }
    }
    return fetch;
}

/// The slots that some output of a block uses, in the order of summing.
struct BlockSlots {
    std::array<Fetch, kMaximumPairs> fetches;
    int count = 0;

    BlockSlots(const ScaleTable& table, const TapPairs& pairs, int target, int outputs) {
        for (int slot = 0; slot < pairs.slots; ++slot) {
            if (slot != pairs.lastSlot) add(fetchOf(table, pairs, target, outputs, slot));
        }
        add(fetchOf(table, pairs, target, outputs, pairs.lastSlot));
    }

    std::span<const Fetch> get() const { return {fetches.data(), static_cast<std::size_t>(count)}; }

private:
    void add(const Fetch& fetch) {
        const bool isUsed =
            std::any_of(fetch.weights.begin(), fetch.weights.end(), [](std::int8_t weight) { return weight != 0; });
        if (isUsed) fetches[static_cast<std::size_t>(count++)] = fetch;
    }
};

ColumnBlock blockAt(const ColumnLayout& layout, int target) {
    ColumnBlock block;
    block.target = target;
    block.firstBase = static_cast<std::uint32_t>(layout.bases.size());
    block.firstByte = static_cast<std::uint32_t>(layout.bytes.size());
    return block;
}

void clear(ColumnLayout& out, const ScaleTable& table) {
    out.targetLength = table.targetLength();
    out.blocks.clear();
    out.bases.clear();
    out.bytes.clear();
}

void appendWeights(const Fetch& fetch, ColumnLayout& out) {
    for (int k = 0; k < 2 * fetch.outputs; ++k) {
        out.bytes.push_back(static_cast<std::uint8_t>(fetch.weights[static_cast<std::size_t>(k)]));
    }
}

/// Indices of a run of lanes into their windows; `bases` gives each lane's first column.
void appendLaneIndices(const Fetch& fetch, const std::int32_t* bases, int window, ColumnLayout& out) {
    for (int k = 0; k < 2 * fetch.outputs; ++k) {
        const auto at = static_cast<std::size_t>(k);
        const int index = fetch.columns[at] - bases[k / kLaneBytes] - window * kLaneBytes;
        const bool isHere = fetch.weights[at] != 0 && index >= 0 && index < kLaneBytes;
        out.bytes.push_back(isHere ? static_cast<std::uint8_t>(index) : kNowhere);
    }
}

/// Widest run of columns of a lane.
int widestLane(const Fetch& fetch) {
    int widest = 0;
    for (int begin = 0; begin < fetch.outputs; begin += kLaneOutputs) {
        const auto [low, high] = fetch.range(begin, begin + kLaneOutputs);
        widest = std::max(widest, high - low + 1);
    }
    return widest;
}

/// A base and indices for every lane, for so many windows of 16 bytes.
void appendLanes(const Fetch& fetch, int windows, ColumnLayout& out) {
    std::array<std::int32_t, 4> bases{};
    const int lanes = fetch.outputs / kLaneOutputs;
    for (int lane = 0; lane < lanes; ++lane) {
        bases[static_cast<std::size_t>(lane)] = fetch.range(lane * kLaneOutputs, (lane + 1) * kLaneOutputs)[0];
    }
    out.bases.insert(out.bases.end(), bases.begin(), bases.begin() + lanes);
    for (int window = 0; window < windows; ++window) appendLaneIndices(fetch, bases.data(), window, out);
    appendWeights(fetch, out);
}

constexpr int kWideOutputs = 4 * kLaneOutputs;
constexpr int kDoubleWord = 4;
constexpr int kLoadedDoubleWords = 16;

/// For each lane the first of the four double words, counted from the base, that hold its samples.
std::array<std::int32_t, 4> laneStarts(const Fetch& fetch, int base) {
    std::array<std::int32_t, 4> starts{};
    for (int lane = 0; lane < 4; ++lane) {
        const int low = std::max(base, fetch.range(lane * kLaneOutputs, (lane + 1) * kLaneOutputs)[0]);
        starts[static_cast<std::size_t>(lane)] = std::min((low - base) / kDoubleWord, kLoadedDoubleWords - 4);
    }
    return starts;
}

bool fitsQuarters(const Fetch& fetch) {
    const int base = fetch.range(0, kWideOutputs)[0];
    const auto starts = laneStarts(fetch, base);
    for (int lane = 0; lane < 4; ++lane) {
        const int high = fetch.range(lane * kLaneOutputs, (lane + 1) * kLaneOutputs)[1];
        if (high - base - kDoubleWord * starts[static_cast<std::size_t>(lane)] >= kLaneBytes) return false;
    }
    return true;
}

void appendQuarters(const Fetch& fetch, ColumnLayout& out) {
    const int base = fetch.range(0, kWideOutputs)[0];
    auto starts = laneStarts(fetch, base);
    for (int i = 0; i < kLoadedDoubleWords; ++i) {
        const int index = starts[static_cast<std::size_t>(i / 4)] + i % 4;
        out.bytes.insert(out.bytes.end(), {static_cast<std::uint8_t>(index), 0, 0, 0});
    }
    for (auto& start : starts) start = base + kDoubleWord * start;
    appendLaneIndices(fetch, starts.data(), 0, out);
    appendWeights(fetch, out);
    out.bases.push_back(base);
}

void appendByteIndices(const Fetch& fetch, ColumnLayout& out) {
    const int base = fetch.range(0, kWideOutputs)[0];
    for (std::size_t k = 0; k < 2 * kWideOutputs; ++k) {
        out.bytes.push_back(static_cast<std::uint8_t>(fetch.weights[k] != 0 ? fetch.columns[k] - base : 0));
    }
    appendWeights(fetch, out);
    out.bases.push_back(base);
}

/// One block: with the first of `fetches` fetches that suits all its pairs. @return false when none does
template <typename Fits, typename Append>
bool appendBlock(ColumnBlock block, const BlockSlots& slots, int fetches, ColumnLayout& out, Fits fits, Append append) {
    block.pairs = slots.count;
    for (const Fetch& fetch : slots.get()) {
        while (block.fetch < fetches && !fits(fetch, block.fetch)) ++block.fetch;
    }
    if (block.fetch == fetches) return false;
    for (const Fetch& fetch : slots.get()) append(fetch, block.fetch);
    out.blocks.push_back(block);
    return true;
}

}  // namespace

void layOutHalves(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out) {
    constexpr int kOutputs = 2 * kLaneOutputs;
    clear(out, table);
    const int length = table.targetLength();
    for (int begin = 0; begin < length; begin += kOutputs) {
        const int target = std::max(0, std::min(begin, length - kOutputs));
        const auto fits = [](const Fetch& fetch, int kind) { return widestLane(fetch) <= kLaneBytes * (kind + 1); };
        const auto append = [&out](const Fetch& fetch, int kind) { appendLanes(fetch, kind + 1, out); };
        const BlockSlots slots(table, pairs, target, kOutputs);
        if (!appendBlock(blockAt(out, target), slots, 2, out, fits, append)) return clear(out, table);
    }
}

void layOutQuarters(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out) {
    clear(out, table);
    for (int target = 0; target < table.targetLength(); target += kWideOutputs) {
        const auto fits = [](const Fetch& fetch, int kind) {
            return kind == 0 ? fitsQuarters(fetch) : widestLane(fetch) <= kLaneBytes * kind;
        };
        const auto append = [&out](const Fetch& fetch, int kind) {
            kind == 0 ? appendQuarters(fetch, out) : appendLanes(fetch, kind, out);
        };
        const BlockSlots slots(table, pairs, target, kWideOutputs);
        if (!appendBlock(blockAt(out, target), slots, 3, out, fits, append)) return clear(out, table);
    }
}

void layOutBytes(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out) {
    clear(out, table);
    for (int target = 0; target < table.targetLength(); target += kWideOutputs) {
        const auto fits = [](const Fetch& fetch, int kind) {
            const auto [low, high] = fetch.range(0, kWideOutputs);
            return high - low < 64 * (kind + 1);
        };
        const auto append = [&out](const Fetch& fetch, int) { appendByteIndices(fetch, out); };
        const BlockSlots slots(table, pairs, target, kWideOutputs);
        if (!appendBlock(blockAt(out, target), slots, 2, out, fits, append)) return clear(out, table);
    }
}

}  // namespace tessera
