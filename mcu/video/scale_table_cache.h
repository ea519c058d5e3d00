#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "mcu/video/column_layout.h"
#include "mcu/video/scale_table.h"
#include "mcu/video/tap_pairs.h"

namespace tessera {

struct PixelKernels;

/// What a PlaneScaler makes of a table when it first needs it, kept with the table.
struct PreparedTable {
    const PixelKernels* columnsFor = nullptr;  ///< whose layout `columns` is
    TapPairs pairs;                            ///< none yet: no slots
    ColumnLayout columns;
};

/// How one axis of one plane is scaled: halve it so many times, then apply the table.
struct AxisScale {
    int sourceLength = 0;  ///< samples before halving
    int halvings = 0;
    const ScaleTable* table = nullptr;  ///< borrowed from the cache until its next `startFrame`
    PreparedTable* prepared = nullptr;  ///< likewise
};

/// Keeps scale tables, so that each size pair and crop is computed once.
/// @thread of its owner
class ScaleTableCache {
public:
    /// Tables kept beyond those of the current frame; each takes 4 + 2*taps bytes per output sample. Forty-nine tiles
    /// with sizes of their own need 196.
    static constexpr std::size_t kCapacity = 1024;

    /// Forgets a quarter of the tables, those that were not used for longest, when there are too many.
    void startFrame();

    /// @return the table, built when it is not known
    AxisScale find(AxisMapping mapping, ScaleFilter filter);

    std::uint64_t builtTables() const { return built_; }

private:
    struct Entry {
        ScaleTable table;
        PreparedTable prepared;
        std::uint64_t lastFrame = 0;
    };

    // State
    std::map<std::pair<AxisMapping, ScaleFilter>, Entry> entries_;
    std::vector<std::uint64_t> ages_;  ///< reused
    std::uint64_t frame_ = 0;
    std::uint64_t built_ = 0;
};

}  // namespace tessera
