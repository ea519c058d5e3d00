#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mcu/video/scale_table.h"

namespace tessera {

/// Most pairs of one output sample.
inline constexpr int kMaximumPairs = kMaximumTaps / 2;

/// Two taps of one output sample, counted from ScaleTable::first. A tap of weight 0 stands where its partner stands.
struct TapPair {
    std::int16_t first = 0;
    std::int16_t second = 0;
    std::int8_t firstWeight = 0;
    std::int8_t secondWeight = 0;
};

/// A scale table in the form that multipliers of unsigned by signed bytes take: the same sums, but every weight has
/// 8 signed bits, and the positive weights of a pair sum to at most 128, so that two products of 8-bit samples never
/// leave 16 signed bits.
struct TapPairs {
    bool isSigned = false;  ///< some weight is negative: a sum may leave 0 to 255
    int stride = 0;         ///< pairs from one output to the next
    std::vector<TapPair> pairs;
    std::vector<std::uint8_t> counts;  ///< pairs of each output, 1 to kMaximumPairs

    std::span<const TapPair> of(int output) const {
        const auto index = static_cast<std::size_t>(output);
        return {pairs.data() + index * static_cast<std::size_t>(stride), counts[index]};
    }
};

/// Pairs neighbours. Where that breaks the rule (a copy, an edge, two large taps in the middle), weights above 127 are
/// given twice and the largest are paired with the smallest: of positive weights that sum to at most 160, no such pair
/// exceeds 128.
/// @thread any
void pairTaps(const ScaleTable& table, TapPairs& out);

}  // namespace tessera
