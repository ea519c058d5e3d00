#pragma once

#include "mcu/video/kernels.h"
#include "mcu/video/simd_weigh.h"

namespace tessera::simd {

/// One block of a layout, on two rows at a time. `Fetch` reads a pair's bases and bytes, which it moves past, and gives
/// the samples of that pair from what the first pair's opened of a row.
template <typename V, typename Fetch, int kPairs>
class BlockFilter {
public:
    BlockFilter(const std::int32_t* bases, const std::uint8_t* bytes) {
        for (int pair = 0; pair < kPairs; ++pair) {
            fetches_[pair].read(bases, bytes);
            weights_[pair] = V::load(bytes);
            bytes += V::kBytes;
        }
    }

    /// @return V::kOutputs samples of `upper`, then those of `lower`
    typename V::Bytes operator()(const std::uint8_t* upper, const std::uint8_t* lower) const {
        const auto upperRow = fetches_[0].open(upper), lowerRow = fetches_[0].open(lower);
        typename V::Bytes high, low;
#pragma GCC unroll 8
        for (int pair = 0; pair < kPairs; ++pair) {
            const auto ofUpper = V::multiplyAddBytes(fetches_[pair](upperRow), weights_[pair]);
            const auto ofLower = V::multiplyAddBytes(fetches_[pair](lowerRow), weights_[pair]);
            high = pair == 0 ? ofUpper : V::addSaturating(high, ofUpper);
            low = pair == 0 ? ofLower : V::addSaturating(low, ofLower);
        }
        return V::joinPacked(toSamples<V>(high, low));
    }

private:
    Fetch fetches_[kPairs];
    typename V::Bytes weights_[kPairs];
};

template <typename V, typename Fetch, int kPairs>
void filterBlock(const RowBlock& rows, const std::int32_t* bases, const std::uint8_t* bytes, const TargetRows& out,
                 int count) {
    const BlockFilter<V, Fetch, kPairs> filter(bases, bytes);
    const auto store = V::halfStore(count);
    const std::ptrdiff_t sourceStride = rows.stride, targetStride = out.stride;
    const std::uint8_t* source = rows.data;
    std::uint8_t* target = out.data;
    for (int left = rows.rows; left > 0; left -= 2) {
        const auto samples = filter(source, left > 1 ? source + sourceStride : source);
        store(target, V::lowHalf(samples));
        if (left == 1) return;
        store(target + targetStride, V::highHalf(samples));
        source += 2 * sourceStride;
        target += 2 * targetStride;
    }
}

using FilterBlock = void (*)(const RowBlock&, const std::int32_t*, const std::uint8_t*, const TargetRows&, int);

template <typename V, typename Fetch>
constexpr FilterBlock kFilterBlock[kMaximumPairs] = {
    filterBlock<V, Fetch, 1>, filterBlock<V, Fetch, 2>, filterBlock<V, Fetch, 3>, filterBlock<V, Fetch, 4>,
    filterBlock<V, Fetch, 5>, filterBlock<V, Fetch, 6>, filterBlock<V, Fetch, 7>, filterBlock<V, Fetch, 8>};

/// `Fetches` in the order of ColumnBlock::fetch.
template <typename V, typename... Fetches>
void filterBlocks(const RowBlock& rows, const ColumnLayout& layout, const TargetRows& out) {
    static constexpr const FilterBlock* kFunctions[] = {kFilterBlock<V, Fetches>...};
    const ColumnBlock* const end = layout.blocks.data() + layout.blocks.size();
    for (const ColumnBlock* block = layout.blocks.data(); block != end; ++block) {
        const int left = layout.targetLength - block->target;
        kFunctions[block->fetch][block->pairs - 1](
            rows, layout.bases.data() + block->firstBase, layout.bytes.data() + block->firstByte,
            {out.data + block->target, out.stride}, left < V::kOutputs ? left : V::kOutputs);
    }
}

}  // namespace tessera::simd
