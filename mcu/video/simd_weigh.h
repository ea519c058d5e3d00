#pragma once

#include "mcu/video/kernels.h"
#include "mcu/video/simd_vectors.h"

namespace tessera::simd {

/// (sum + 64) >> 7, limited to 0 to 255: the multiplication rounds by itself, (x * 2^8 + 2^14) >> 15.
template <typename V>
inline typename V::Bytes toSamples(typename V::Bytes low, typename V::Bytes high) {
    const auto scale = V::words(256);
    return V::packUnsigned16(V::multiplyRounded(low, scale), V::multiplyRounded(high, scale));
}

template <typename V, int kPairs>
void weighPairs(const RowTaps& taps, std::uint8_t* out, int count) {
    const std::uint8_t *first[kPairs], *second[kPairs];
    typename V::Bytes weights[kPairs];
    for (int k = 0; k < kPairs; ++k) {
        first[k] = taps.source + taps.pairs[k].first * taps.stride;
        second[k] = taps.source + taps.pairs[k].second * taps.stride;
        weights[k] = V::words(taps.pairs[k].weightWord());
    }
    inVectorsTwice<V>(count, [&](int x, auto access) {
        for (int row = 0; row < taps.aheadRows; ++row) V::prefetch(taps.ahead + row * taps.stride + x);
        typename V::Bytes low, high;
#pragma GCC unroll 8
        for (int k = 0; k < kPairs; ++k) {
            const auto a = access.load(first[k] + x), b = access.load(second[k] + x);
            const auto lowProducts = V::multiplyAddBytes(V::unpackLow8(a, b), weights[k]);
            const auto highProducts = V::multiplyAddBytes(V::unpackHigh8(a, b), weights[k]);
            low = k == 0 ? lowProducts : V::addSaturating(low, lowProducts);
            high = k == 0 ? highProducts : V::addSaturating(high, highProducts);
        }
        access.store(out + x, toSamples<V>(low, high));
    });
}

using WeighPairs = void (*)(const RowTaps&, std::uint8_t*, int);

template <typename V>
constexpr WeighPairs kWeighPairs[kMaximumPairs] = {weighPairs<V, 1>, weighPairs<V, 2>, weighPairs<V, 3>,
                                                   weighPairs<V, 4>, weighPairs<V, 5>, weighPairs<V, 6>,
                                                   weighPairs<V, 7>, weighPairs<V, 8>};

template <typename V>
void weighRows(const RowTaps& taps, std::uint8_t* out, int count) {
    kWeighPairs<V>[taps.pairCount - 1](taps, out, count);
}

}  // namespace tessera::simd
