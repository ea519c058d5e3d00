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
    std::uint8_t slot = 0;  ///< pairs of other outputs with the same slot lie at about the same place of the filter

    /// Both weights as the word that multiplies a pair of bytes, the first in the lower half.
    int weightWord() const {
        return static_cast<int>(static_cast<std::uint8_t>(firstWeight)) | static_cast<int>(secondWeight) * 256;
    }
};

/// A scale table in the form that multipliers of unsigned by signed bytes take: the same sums, but every weight has
/// 8 signed bits, and neither the positive weights of a pair nor those of all pairs but the last sum to more than 128.
/// So with 8-bit samples no product and no sum but the last leaves 16 signed bits, and when the last addition
/// saturates, the sum was above 255 anyway: sums need no more than saturating additions in this order.
struct TapPairs {
    int slots = 0;     ///< most pairs of an output
    int lastSlot = 0;  ///< that of every output's last pair, if it has one there
    std::vector<TapPair> pairs;
    std::vector<std::uint8_t> counts;  ///< pairs of each output, 1 to kMaximumPairs

    std::span<const TapPair> of(int output) const {
        const auto index = static_cast<std::size_t>(output);
        return {pairs.data() + index * static_cast<std::size_t>(slots), counts[index]};
    }
};

/// Pairs neighbours, those in the middle of the filter last. Where that breaks the rule (a copy, an edge, two large
/// taps in the middle), weights above 127 are given twice and the largest are paired with the smallest, the largest
/// last: of positive weights that sum to at most 160, no such pair and no such rest exceeds 128.
/// @thread any
void pairTaps(const ScaleTable& table, TapPairs& out);

}  // namespace tessera
