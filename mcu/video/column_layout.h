#pragma once

#include <cstdint>
#include <vector>

#include "mcu/video/tap_pairs.h"

namespace tessera {

/// Neighbouring outputs that are computed together, with the same number of pairs and the same kind of fetch.
struct ColumnBlock {
    std::int32_t target = 0;  ///< its first output
    std::int32_t pairs = 0;
    std::int32_t windows = 1;     ///< 1: the narrow fetch of the shape, 2: the wide one
    std::uint32_t firstBase = 0;  ///< index into ColumnLayout::bases
    std::uint32_t firstByte = 0;  ///< index into ColumnLayout::bytes
};

/// A horizontal table as one set of shuffling kernels reads it: for every block and pair the places to load from, the
/// indices that fetch the two samples of each output from there, and their weights (as bytes, two per output).
struct ColumnLayout {
    bool isSigned = false;
    int targetLength = 0;
    std::vector<ColumnBlock> blocks;  ///< empty: this table cannot be laid out so
    std::vector<std::int32_t> bases;  ///< columns of the row, counted from ScaleTable::sourceBegin
    std::vector<std::uint8_t> bytes;
};

/// Sixteen outputs, fetched by two shuffles inside 16 bytes. Two bases a pair: each is loaded to one half of 32 bytes;
/// in the wide fetch the 16 bytes behind them too. Bytes of a pair: for each window 32 indices (0x80 = not in this
/// window), then 32 weights. The last block overlaps the one before it rather than end early.
void layOutHalves(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out);

}  // namespace tessera
