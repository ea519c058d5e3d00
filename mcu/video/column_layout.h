#pragma once

#include <cstdint>
#include <vector>

#include "mcu/video/tap_pairs.h"

namespace tessera {

/// Neighbouring outputs that are computed together, with the same number of pairs and the same kind of fetch.
struct ColumnBlock {
    std::int32_t target = 0;  ///< its first output
    std::int32_t pairs = 0;
    std::int32_t fetch = 0;       ///< which of the layout's fetches, the cheapest first
    std::uint32_t firstBase = 0;  ///< index into ColumnLayout::bases
    std::uint32_t firstByte = 0;  ///< index into ColumnLayout::bytes
};

/// A horizontal table as one set of shuffling kernels reads it: for every block and pair the places to load from, the
/// indices that fetch the two samples of each output from there, and their weights (as bytes, two per output).
struct ColumnLayout {
    int targetLength = 0;
    std::vector<ColumnBlock> blocks;  ///< empty: this table cannot be laid out so
    std::vector<std::int32_t> bases;  ///< columns of the row, counted from ScaleTable::sourceBegin
    std::vector<std::uint8_t> bytes;
};

/// For shuffles inside 16 bytes: blocks of sixteen outputs, two bases a pair, from each of which 16 bytes (fetch 0) or
/// 32 (fetch 1) are loaded. Bytes of a pair: for each 16 of them 32 indices (0x80 = not here), then 32 weights. The
/// last block overlaps the one before it.
void layOutHalves(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out);

/// Blocks of 32 outputs; those beyond the last weigh nothing.
/// Fetch 0, for a permutation of double words before the shuffle inside 16 bytes: one base a pair, the same for all,
/// from which 64 bytes are loaded; 16 indices of double words (little endian), 64 indices (0x80 = nothing), 64 weights.
/// Fetches 1 and 2: four bases a pair, as in layOutHalves.
void layOutQuarters(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out);

/// For a permutation of bytes: blocks of 32 outputs, those beyond the last weigh nothing; one base a pair, the same for
/// all (fetch 0) or not, from which 64 bytes (fetches 0 and 1) or 128 (fetch 2) are loaded. Bytes of a pair: 64
/// indices, 64 weights.
void layOutBytes(const ScaleTable& table, const TapPairs& pairs, ColumnLayout& out);

}  // namespace tessera
