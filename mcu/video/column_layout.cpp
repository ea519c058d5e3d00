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
Fetch fetchOf(const ScaleTable& table, const TapPairs& pairs, int target, int count, int pair) {
    Fetch fetch;
    fetch.outputs = count;
    for (int i = 0; i < std::min(count, table.targetLength() - target); ++i) {
        const auto of = pairs.of(target + i);
        if (pair >= static_cast<int>(of.size())) continue;
        const TapPair& taps = of[static_cast<std::size_t>(pair)];
        const int first = table.first[static_cast<std::size_t>(target + i)] - table.sourceBegin;
        const auto at = static_cast<std::size_t>(2 * i);
        fetch.columns[at] = first + taps.first;
        fetch.columns[at + 1] = first + taps.second;
        fetch.weights[at] = taps.firstWeight;
        fetch.weights[at + 1] = taps.secondWeight;
    }
    return fetch;
}

int mostPairs(const TapPairs& pairs, int target, int count) {
    const auto begin = pairs.counts.begin() + target;
    return *std::max_element(begin, begin + count);
}

ColumnBlock blockAt(const ColumnLayout& layout, int target) {
    ColumnBlock block;
    block.target = target;
    block.firstBase = static_cast<std::uint32_t>(layout.bases.size());
    block.firstByte = static_cast<std::uint32_t>(layout.bytes.size());
    return block;
}

void clear(ColumnLayout& out, const ScaleTable& table, const TapPairs& pairs) {
    out.isSigned = pairs.isSigned;
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

}  // namespace

void layOutHalves(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out) {
    constexpr int kOutputs = 2 * kLaneOutputs;
    clear(out, table, pairs);
    const int length = table.targetLength();
    for (int begin = 0; begin < length; begin += kOutputs) {
        const int target = std::max(0, std::min(begin, length - kOutputs));
        ColumnBlock block = blockAt(out, target);
        block.pairs = mostPairs(pairs, target, std::min(kOutputs, length));
        std::array<Fetch, kMaximumPairs> fetches;
        int widest = 0;
        for (int pair = 0; pair < block.pairs; ++pair) {
            Fetch& fetch = fetches[static_cast<std::size_t>(pair)];
            fetch = fetchOf(table, pairs, target, kOutputs, pair);
            for (int lane = 0; lane < 2; ++lane) {
                const auto [low, high] = fetch.range(lane * kLaneOutputs, (lane + 1) * kLaneOutputs);
                out.bases.push_back(low);
                widest = std::max(widest, high - low + 1);
            }
        }
        if (widest > 2 * kLaneBytes) return clear(out, table, pairs);
        block.windows = widest > kLaneBytes ? 2 : 1;
        for (int pair = 0; pair < block.pairs; ++pair) {
            const Fetch& fetch = fetches[static_cast<std::size_t>(pair)];
            const std::int32_t* bases = out.bases.data() + block.firstBase + 2 * pair;
            for (int window = 0; window < block.windows; ++window) appendLaneIndices(fetch, bases, window, out);
            appendWeights(fetch, out);
        }
        out.blocks.push_back(block);
    }
}

}  // namespace tessera
