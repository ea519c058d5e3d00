#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "mcu/video/scale_table.h"

namespace tessera {

/// Where the windows of a run of output samples begin and end: a table's `first` alone may go back by some samples.
struct AxisReach {
    std::vector<std::int32_t> begin;  ///< by output sample: the first source sample that it or a later one reads
    std::vector<std::int32_t> end;    ///< by output sample: one beyond the last that it or an earlier one reads

    explicit AxisReach(const ScaleTable& table) : begin(table.first), end(table.first) {
        for (auto& last : end) last += table.taps;
        std::partial_sum(begin.rbegin(), begin.rend(), begin.rbegin(), [](int a, int b) { return std::min(a, b); });
        std::partial_sum(end.begin(), end.end(), end.begin(), [](int a, int b) { return std::max(a, b); });
    }

    /// Whether every run of `outputs` samples reads at most `window` source samples. Checked once per table, so that no
    /// launch writes beyond what the threads of a block share.
    bool fits(std::size_t outputs, int window) const {
        for (std::size_t i = 0; i < begin.size(); ++i) {
            if (end[std::min(i + outputs, begin.size()) - 1] - begin[i] > window) return false;
        }
        return true;
    }
};

}  // namespace tessera
