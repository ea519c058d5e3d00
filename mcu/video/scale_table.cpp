#include "mcu/video/scale_table.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <span>

#include "mcu/base/check.h"

namespace tessera {
namespace {

constexpr std::int64_t floorDivide(std::int64_t numerator, std::int64_t denominator) {
    const std::int64_t quotient = numerator / denominator;
    return quotient - (numerator % denominator < 0 ? 1 : 0);
}

/// Keys' kernel times 2^49 at distance/2^16; zero from a distance of 2.
std::int64_t cubic(std::int64_t distance) {
    constexpr std::int64_t one = 1 << 16;
    const std::int64_t t = distance;
    if (t < one) return (3 * t - 5 * one) * t * t + 2 * one * one * one;
    if (t < 2 * one) return ((5 * one - t) * t - 8 * one * one) * t + 4 * one * one * one;
    return 0;
}

/// The taps of one output sample before they are cut at the plane's edges.
class Window {
public:
    Window(const AxisMapping& mapping, ScaleFilter filter, std::int64_t position)
        : scale_(4 * mapping.ratioDenominator) {
        wide_ = std::max(mapping.ratioNumerator, mapping.ratioDenominator);
        const std::int64_t reach = support(filter, mapping.ratioDenominator);
        begin_ = floorDivide(position - reach, scale_) + 1;
        const std::int64_t end = -floorDivide(-(position + reach), scale_);
        TESSERA_CHECK(end - begin_ <= kMaximumTaps);
        for (std::int64_t k = begin_; k < end; ++k) {
            raw_[static_cast<std::size_t>(count_++)] = raw(filter, std::abs(position - k * scale_));
        }
        quantise();
    }

    std::int64_t begin() const { return begin_; }
    std::span<const int> weights() const { return {weights_.data(), static_cast<std::size_t>(count_)}; }

private:
    /// Distance, in 1/scale_ sample, from which a tap weighs nothing.
    std::int64_t support(ScaleFilter filter, std::int64_t ratioDenominator) const {
        switch (filter) {
            case ScaleFilter::CatmullRom: return 8 * wide_;
            case ScaleFilter::Area: return 2 * wide_ + 2 * ratioDenominator;
            case ScaleFilter::Bilinear: return scale_;
        }
        return 0;
    }

    std::int64_t raw(ScaleFilter filter, std::int64_t distance) const {
        switch (filter) {
            case ScaleFilter::CatmullRom: return cubic((distance * (1 << 17) + 4 * wide_) / (8 * wide_));
            case ScaleFilter::Area: {
                const std::int64_t right = std::min(distance + 2 * wide_, scale_ / 2);
                const std::int64_t left = std::max(distance - 2 * wide_, -scale_ / 2);
                return std::max<std::int64_t>(right - left, 0);
            }
            case ScaleFilter::Bilinear: return std::max<std::int64_t>(scale_ - distance, 0);
        }
        return 0;
    }

    /// Rounds the running sum, not the weights: what one weight lacks its neighbour gets, so the error is noise of high
    /// frequency, and the sum is exact by itself.
    void quantise() {
        const std::int64_t sum = std::accumulate(raw_.begin(), raw_.begin() + count_, std::int64_t{0});
        std::int64_t running = 0, given = 0;
        for (std::size_t k = 0; k < static_cast<std::size_t>(count_); ++k) {
            running += raw_[k];
            const std::int64_t rounded = floorDivide(2 * kWeightOne * running + sum, 2 * sum);
            weights_[k] = static_cast<int>(rounded - given);
            given = rounded;
        }
    }

    std::int64_t scale_;
    std::int64_t wide_ = 0;
    std::int64_t begin_ = 0;
    int count_ = 0;
    std::array<std::int64_t, kMaximumTaps> raw_{};
    std::array<int, kMaximumTaps> weights_{};
};

/// One output sample's taps after the cut: indices inside the plane, no zero at either end.
struct Taps {
    int first = 0;
    int count = 0;
    std::array<std::int16_t, kMaximumTaps> weights{};
};

Taps cutAtEdges(const Window& window, int sourceLength) {
    const auto inside = [&](std::int64_t k) {
        return static_cast<int>(std::clamp<std::int64_t>(k, 0, sourceLength - 1));
    };
    const auto wanted = window.weights();
    Taps taps;
    taps.first = inside(window.begin());
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        const int index = inside(window.begin() + static_cast<std::int64_t>(k)) - taps.first;
        auto& weight = taps.weights[static_cast<std::size_t>(index)];
        weight = static_cast<std::int16_t>(weight + wanted[k]);
    }
    taps.count = kMaximumTaps;
    while (taps.weights[static_cast<std::size_t>(taps.count) - 1] == 0) --taps.count;
    const auto* firstUsed =
        std::find_if(taps.weights.begin(), taps.weights.end(), [](std::int16_t weight) { return weight != 0; });
    const auto leading = static_cast<int>(firstUsed - taps.weights.begin());
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
    for (int i = 0; i < mapping.targetLength; ++i) {
        const Window window(mapping, filter, mapping.origin + 4 * mapping.ratioNumerator * i);
        const Taps taps = cutAtEdges(window, mapping.sourceLength);
        table.taps = std::max(table.taps, taps.count);
        table.sourceBegin = std::min(table.sourceBegin, taps.first);
        table.sourceEnd = std::max(table.sourceEnd, taps.first + taps.count);
        rows.push_back(taps);
    }
    table.first.reserve(rows.size());
    table.weights.reserve(rows.size() * static_cast<std::size_t>(table.taps));
    for (Taps& taps : rows) {
        const int shift = std::max(0, taps.first + table.taps - table.sourceEnd);
        std::rotate(taps.weights.begin(), taps.weights.end() - shift, taps.weights.end());
        table.first.push_back(taps.first - shift);
        table.weights.insert(table.weights.end(), taps.weights.begin(), taps.weights.begin() + table.taps);
    }
    table.isCopy = isUniform(table, 1, std::array<std::int16_t, 1>{kWeightOne});
    table.isHalving = isUniform(table, 2, std::array<std::int16_t, 2>{kWeightOne / 2, kWeightOne / 2});
    return table;
}

}  // namespace tessera
