#include "mcu/video/column_layout.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tessera {
namespace {

constexpr int kLaneBytes = 16;
constexpr int kLaneOutputs = 8;
constexpr int kWideOutputs = 4 * kLaneOutputs;
constexpr std::uint8_t kNowhere = 0x80;

/// Columns [low, high], counted from sourceBegin.
struct Range {
    int low = std::numeric_limits<int>::max();
    int high = -1;

    void include(int column) {
        low = std::min(low, column);
        high = std::max(high, column);
    }
    bool isEmpty() const { return high < 0; }
    int length() const { return isEmpty() ? 0 : high - low + 1; }
};

/// Where the samples of a block's outputs lie for one slot, and what they weigh.
struct Fetch {
    std::array<std::int32_t, 2 * kWideOutputs> columns;  ///< undefined where the weight is 0
    std::array<std::int8_t, 2 * kWideOutputs> weights{};
    std::array<Range, 4> lanes;

    void add(int output, const TapPair& taps, int first) {
        const auto at = static_cast<std::size_t>(2 * output);
        Range& lane = lanes[static_cast<std::size_t>(output / kLaneOutputs)];
        columns[at] = first + taps.first;
        columns[at + 1] = first + taps.second;
        weights[at] = taps.firstWeight;
        weights[at + 1] = taps.secondWeight;
        lane.include(first + taps.first);
        lane.include(first + taps.second);
    }

    Range range() const {
        Range all;
        for (const Range& lane : lanes) {
            all.low = std::min(all.low, lane.low);
            all.high = std::max(all.high, lane.high);
        }
        return all;
    }

    int widestLane() const {
        int widest = 0;
        for (const Range& lane : lanes) widest = std::max(widest, lane.length());
        return widest;
    }
};

/// The slots that some output of a block uses, in the order of summing.
class BlockFetches {
public:
    BlockFetches(const ScaleTable& table, const TapPairs& pairs, int target, int outputs) {
        std::array<Fetch, kMaximumPairs> bySlot;
        const int end = std::min(outputs, table.targetLength() - target);
        for (int i = 0; i < end; ++i) {
            const int first = table.first[static_cast<std::size_t>(target + i)] - table.sourceBegin;
            for (const TapPair& taps : pairs.of(target + i)) bySlot[taps.slot].add(i, taps, first);
        }
        for (int slot = 0; slot < pairs.slots; ++slot) {
            if (slot != pairs.lastSlot) take(bySlot[static_cast<std::size_t>(slot)]);
        }
        take(bySlot[static_cast<std::size_t>(pairs.lastSlot)]);
    }

    std::span<const Fetch> get() const { return {fetches_.data(), count_}; }
    const Range& range() const { return range_; }

private:
    void take(const Fetch& fetch) {
        const Range range = fetch.range();
        if (range.isEmpty()) return;
        range_.include(range.low);
        range_.include(range.high);
        fetches_[count_++] = fetch;
    }

    std::array<Fetch, kMaximumPairs> fetches_;
    std::size_t count_ = 0;
    Range range_;
};

/// Writes a layout.
class Writer {
public:
    Writer(const ScaleTable& table, ColumnLayout& out) : out_(out) {
        out_.targetLength = table.targetLength();
        clear();
    }

    void clear() {
        out_.blocks.clear();
        out_.bases.clear();
        out_.bytes.clear();
    }

    void begin(int target, int fetch, std::size_t pairs) {
        out_.blocks.push_back({target, static_cast<std::int32_t>(pairs), fetch,
                               static_cast<std::uint32_t>(out_.bases.size()),
                               static_cast<std::uint32_t>(out_.bytes.size())});
    }

    void addBase(int column) { out_.bases.push_back(column); }

    void addDoubleWord(int value) {
        std::uint8_t* to = grow(4);
        to[0] = static_cast<std::uint8_t>(value);
    }

    /// Indices of all lanes into windows that begin at `starts`.
    void addIndices(const Fetch& fetch, std::span<const std::int32_t> starts) {
        std::uint8_t* to = grow(starts.size() * kLaneBytes);
        for (std::size_t k = 0; k < starts.size() * kLaneBytes; ++k) {
            const int index = fetch.weights[k] != 0 ? fetch.columns[k] - starts[k / kLaneBytes] : -1;
            const bool isHere = index >= 0 && index < kLaneBytes;
            to[k] = isHere ? static_cast<std::uint8_t>(index) : kNowhere;
        }
    }

    /// Indices into what is loaded from `base`.
    void addIndices(const Fetch& fetch, int base) {
        std::uint8_t* to = grow(fetch.weights.size());
        for (std::size_t k = 0; k < fetch.weights.size(); ++k) {
            to[k] = fetch.weights[k] != 0 ? static_cast<std::uint8_t>(fetch.columns[k] - base) : std::uint8_t{0};
        }
    }

    void addWeights(const Fetch& fetch, std::size_t lanes) {
        std::uint8_t* to = grow(lanes * kLaneBytes);
        for (std::size_t k = 0; k < lanes * kLaneBytes; ++k) to[k] = static_cast<std::uint8_t>(fetch.weights[k]);
    }

private:
    std::uint8_t* grow(std::size_t count) {
        out_.bytes.resize(out_.bytes.size() + count);
        return out_.bytes.data() + out_.bytes.size() - count;
    }

    ColumnLayout& out_;
};

/// A base for every lane, and its indices into so many windows of 16 bytes.
void writeLanes(const Fetch& fetch, std::size_t lanes, int windows, Writer& out) {
    std::array<std::int32_t, 4> starts;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        starts[lane] = fetch.lanes[lane].isEmpty() ? 0 : fetch.lanes[lane].low;
        out.addBase(starts[lane]);
    }
    for (int window = 0; window < windows; ++window) {
        out.addIndices(fetch, {starts.data(), lanes});
        for (auto& start : starts) start += kLaneBytes;
    }
    out.addWeights(fetch, lanes);
}

constexpr int kDoubleWord = 4;
constexpr int kLoadedDoubleWords = 16;

/// For each lane the first of the four double words, counted from the base, that hold its samples.
std::array<std::int32_t, 4> laneStarts(const Fetch& fetch, int base) {
    std::array<std::int32_t, 4> starts{};
    for (std::size_t lane = 0; lane < 4; ++lane) {
        if (fetch.lanes[lane].isEmpty()) continue;
        starts[lane] = std::min((fetch.lanes[lane].low - base) / kDoubleWord, kLoadedDoubleWords - 4);
    }
    return starts;
}

bool fitsQuarters(const Fetch& fetch, int base) {
    const auto starts = laneStarts(fetch, base);
    for (std::size_t lane = 0; lane < 4; ++lane) {
        if (fetch.lanes[lane].high - base - kDoubleWord * starts[lane] >= kLaneBytes) return false;
    }
    return true;
}

void writeQuarters(const Fetch& fetch, int base, Writer& out) {
    auto starts = laneStarts(fetch, base);
    for (int i = 0; i < kLoadedDoubleWords; ++i) out.addDoubleWord(starts[static_cast<std::size_t>(i / 4)] + i % 4);
    for (auto& start : starts) start = base + kDoubleWord * start;
    out.addIndices(fetch, starts);
    out.addWeights(fetch, starts.size());
    out.addBase(base);
}

/// The first of so many fetches that suits all pairs of a block.
template <typename Suits>
int chooseFetch(const BlockFetches& fetches, int count, Suits suits) {
    int chosen = 0;
    for (const Fetch& fetch : fetches.get()) {
        while (chosen < count && !suits(fetch, chosen)) ++chosen;
    }
    return chosen;
}

}  // namespace

void layOutHalves(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out) {
    constexpr int kOutputs = 2 * kLaneOutputs;
    Writer writer(table, out);
    for (int begin = 0; begin < table.targetLength(); begin += kOutputs) {
        const int target = std::max(0, std::min(begin, table.targetLength() - kOutputs));
        const BlockFetches fetches(table, pairs, target, kOutputs);
        const int kind = chooseFetch(fetches, 2, [](const Fetch& fetch, int windows) {
            return fetch.widestLane() <= kLaneBytes * (windows + 1);
        });
        if (kind == 2) return writer.clear();
        writer.begin(target, kind, fetches.get().size());
        for (const Fetch& fetch : fetches.get()) writeLanes(fetch, 2, kind + 1, writer);
    }
}

void layOutQuarters(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out) {
    Writer writer(table, out);
    for (int target = 0; target < table.targetLength(); target += kWideOutputs) {
        const BlockFetches fetches(table, pairs, target, kWideOutputs);
        const int base = fetches.range().low;
        const int kind = chooseFetch(fetches, 3, [base](const Fetch& fetch, int windows) {
            return windows == 0 ? fitsQuarters(fetch, base) : fetch.widestLane() <= kLaneBytes * windows;
        });
        if (kind == 3) return writer.clear();
        writer.begin(target, kind, fetches.get().size());
        for (const Fetch& fetch : fetches.get()) {
            kind == 0 ? writeQuarters(fetch, base, writer) : writeLanes(fetch, 4, kind, writer);
        }
    }
}

void layOutBytes(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out) {
    Writer writer(table, out);
    for (int target = 0; target < table.targetLength(); target += kWideOutputs) {
        const BlockFetches fetches(table, pairs, target, kWideOutputs);
        const int kind = chooseFetch(fetches, 3, [&fetches](const Fetch& fetch, int fetchKind) {
            return (fetchKind == 0 ? fetches.range() : fetch.range()).length() <= (fetchKind == 2 ? 128 : 64);
        });
        if (kind == 3) return writer.clear();
        writer.begin(target, kind, fetches.get().size());
        for (const Fetch& fetch : fetches.get()) {
            const int base = kind == 0 ? fetches.range().low : fetch.range().low;
            writer.addIndices(fetch, base);
            writer.addWeights(fetch, 4);
            writer.addBase(base);
        }
    }
}

}  // namespace tessera
