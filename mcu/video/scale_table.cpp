#include "mcu/video/scale_table.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <span>

#include "mcu/base/check.h"

namespace tessera {
namespace {

/// Exact floor(n / divisor) without the processor's slow integer division: the estimate is off by at most one while the
/// quotient is far below 2^53, and is put right.
class Divisor {
public:
    explicit Divisor(std::int64_t divisor) : divisor_(divisor), inverse_(1.0 / static_cast<double>(divisor)) {}

    std::int64_t floor(std::int64_t numerator) const {
        const auto estimate = static_cast<std::int64_t>(static_cast<double>(numerator) * inverse_);
        const std::int64_t rest = numerator - estimate * divisor_;
        return rest < 0 ? estimate - 1 : rest >= divisor_ ? estimate + 1 : estimate;
    }

private:
    std::int64_t divisor_;
    double inverse_;
};

/// Keys' kernel times 2^49 at distance/2^16; zero from a distance of 2.
std::int64_t cubic(std::int64_t distance) {
    constexpr std::int64_t one = 1 << 16;
    const std::int64_t t = distance;
    if (t < one) return (3 * t - 5 * one) * t * t + 2 * one * one * one;
    if (t < 2 * one) return ((5 * one - t) * t - 8 * one * one) * t + 4 * one * one * one;
    return 0;
}

/// A filter at one ratio. Distances are in 1/scale source sample.
class Kernel {
public:
    Kernel(const AxisMapping& mapping, ScaleFilter filter)
        : filter_(filter),
          scale_(4 * mapping.ratioDenominator),
          wide_(std::max(mapping.ratioNumerator, mapping.ratioDenominator)),
          reach_(filter == ScaleFilter::CatmullRom ? 8 * wide_
                 : filter == ScaleFilter::Area     ? 2 * wide_ + 2 * mapping.ratioDenominator
                                                   : scale_),
          byScale_(scale_),
          byWidth_(8 * wide_) {}

    std::int64_t scale() const { return scale_; }

    /// The samples nearer to `position` than the distance from which a tap weighs nothing: [begin, end).
    std::int64_t begin(std::int64_t position) const { return byScale_.floor(position - reach_) + 1; }
    std::int64_t end(std::int64_t position) const { return -byScale_.floor(-(position + reach_)); }

    std::int64_t raw(std::int64_t distance) const {
        switch (filter_) {
            case ScaleFilter::CatmullRom: return cubic(byWidth_.floor(distance * (1 << 17) + 4 * wide_));
            case ScaleFilter::Area: {
                const std::int64_t right = std::min(distance + 2 * wide_, scale_ / 2);
                const std::int64_t left = std::max(distance - 2 * wide_, -scale_ / 2);
                return std::max<std::int64_t>(right - left, 0);
            }
            case ScaleFilter::Bilinear: return std::max<std::int64_t>(scale_ - distance, 0);
        }
        return 0;
    }

private:
    ScaleFilter filter_;
    std::int64_t scale_, wide_, reach_;
    Divisor byScale_, byWidth_;
};

/// The taps of one output sample before they are cut at the plane's edges.
class Window {
public:
    Window(const Kernel& kernel, std::int64_t position) : begin_(kernel.begin(position)) {
        const std::int64_t end = kernel.end(position);
        TESSERA_CHECK(end - begin_ <= kMaximumTaps);
        for (std::int64_t k = begin_; k < end; ++k) {
            raw_[static_cast<std::size_t>(count_++)] = kernel.raw(std::abs(position - k * kernel.scale()));
        }
        quantise();
    }

    std::int64_t begin() const { return begin_; }
    std::span<const int> weights() const { return {weights_.data(), static_cast<std::size_t>(count_)}; }

private:
    /// Rounds the running sum, not the weights: what one weight lacks its neighbour gets, so the error is noise of high
    /// frequency, and the sum is exact by itself.
    void quantise() {
        const std::int64_t sum = std::accumulate(raw_.begin(), raw_.begin() + count_, std::int64_t{0});
        const Divisor byTwoSums(2 * sum);
        std::int64_t running = 0, given = 0;
        for (std::size_t k = 0; k < static_cast<std::size_t>(count_); ++k) {
            running += raw_[k];
            const std::int64_t rounded = byTwoSums.floor(2 * kWeightOne * running + sum);
            weights_[k] = static_cast<int>(rounded - given);
            given = rounded;
        }
    }

    std::int64_t begin_;
    int count_ = 0;
    std::array<std::int64_t, kMaximumTaps> raw_;
    std::array<int, kMaximumTaps> weights_;
};

/// One output sample's taps after the cut: indices inside the plane, no zero at either end.
struct Taps {
    int first = 0;
    int count = 0;
    std::array<std::int16_t, kMaximumTaps> weights{};
};

/// Adds what lies beyond an edge to the sample at the edge.
void cutAtEdges(const Window& window, int sourceLength, Taps& taps) {
    const auto wanted = window.weights();
    const auto lastSample = static_cast<std::int64_t>(sourceLength) - 1;
    const std::int64_t begin = std::clamp<std::int64_t>(window.begin(), 0, lastSample);
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        const auto sample = window.begin() + static_cast<std::int64_t>(k);
        auto& weight = taps.weights[static_cast<std::size_t>(std::clamp<std::int64_t>(sample, 0, lastSample) - begin)];
        weight = static_cast<std::int16_t>(weight + wanted[k]);
    }
    taps.first = static_cast<int>(begin);
    taps.count = static_cast<int>(wanted.size());
}

Taps tapsOf(const Window& window, int sourceLength) {
    Taps taps;
    cutAtEdges(window, sourceLength, taps);
    while (taps.weights[static_cast<std::size_t>(taps.count) - 1] == 0) --taps.count;
    int leading = 0;
    while (taps.weights[static_cast<std::size_t>(leading)] == 0) ++leading;
    if (leading == 0) return taps;
    std::rotate(taps.weights.begin(), taps.weights.begin() + leading, taps.weights.end());
    taps.first += leading;
    taps.count -= leading;
    return taps;
}

/// True when every output has exactly these weights, `step` source samples apart.
bool isUniform(const ScaleTable& table, int step, std::span<const std::int16_t> weights) {
    if (table.taps != static_cast<int>(weights.size())) return false;
    for (std::size_t i = 0; i < table.first.size(); ++i) {
        if (table.first[i] != table.first[0] + step * static_cast<int>(i)) return false;
        if (!std::equal(weights.begin(), weights.end(), table.weights.begin() + static_cast<int>(i) * table.taps)) {
            return false;
        }
    }
    return true;
}

}  // namespace

AxisMapping AxisMapping::halved() const {
    AxisMapping half = *this;
    half.sourceLength = (sourceLength + 1) / 2;
    half.ratioDenominator = 2 * ratioDenominator;
    half.origin = origin - 2 * ratioDenominator;
    return half;
}

ScaleTable buildScaleTable(const AxisMapping& mapping, ScaleFilter filter) {
    TESSERA_CHECK(mapping.sourceLength > 0 && mapping.targetLength > 0 && !mapping.needsHalving());
    std::vector<Taps> rows;
    rows.reserve(static_cast<std::size_t>(mapping.targetLength));
    ScaleTable table;
    table.sourceBegin = mapping.sourceLength;
    const Kernel kernel(mapping, filter);
    for (int i = 0; i < mapping.targetLength; ++i) {
        const Window window(kernel, mapping.origin + 4 * mapping.ratioNumerator * i);
        const Taps taps = tapsOf(window, mapping.sourceLength);
        table.taps = std::max(table.taps, taps.count);
        table.sourceBegin = std::min(table.sourceBegin, taps.first);
        table.sourceEnd = std::max(table.sourceEnd, taps.first + taps.count);
        rows.push_back(taps);
    }
    table.first.reserve(rows.size());
    table.weights.reserve(rows.size() * static_cast<std::size_t>(table.taps));
    for (Taps& taps : rows) {
        const int shift = std::max(0, taps.first + table.taps - table.sourceEnd);
        if (shift > 0) std::rotate(taps.weights.begin(), taps.weights.end() - shift, taps.weights.end());
        table.first.push_back(taps.first - shift);
        table.weights.insert(table.weights.end(), taps.weights.begin(), taps.weights.begin() + table.taps);
    }
    table.isCopy = isUniform(table, 1, std::array<std::int16_t, 1>{kWeightOne});
    table.isHalving = isUniform(table, 2, std::array<std::int16_t, 2>{kWeightOne / 2, kWeightOne / 2});
    return table;
}

}  // namespace tessera
