#pragma once

#include "mcu/video/kernels.h"
#include "mcu/video/simd_vectors.h"

namespace tessera::simd {

/// What a sum starts from: half a unit; with negative weights also the bias that keeps it inside 16 bits.
template <bool kSigned>
constexpr int kStart = kSigned ? 64 - 16384 : 64;

/// Sums of products less kStart to samples.
template <typename V, bool kSigned>
inline typename V::Bytes toSamples(typename V::Bytes low, typename V::Bytes high) {
    if constexpr (kSigned) {
        const auto start = V::words(kStart<true>);
        const auto shift = [start](auto sum) { return V::template shiftRight<7>(V::addWords(sum, start)); };
        return V::exclusiveOr(V::packSigned16(shift(low), shift(high)), V::bytes(128));
    } else {
        // (x * 2^8 + 2^14) >> 15: rounds by itself.
        const auto scale = V::words(256);
        return V::packUnsigned16(V::multiplyRounded(low, scale), V::multiplyRounded(high, scale));
    }
}

/// Two signed bytes as the word that weighs a pair.
inline int pairWord(int first, int second) {
    return (first & 0xff) | (second & 0xff) * 256;
}

template <typename V, int kPairs, bool kSigned>
void weighPairs(const RowTaps& taps, std::uint8_t* out, int count) {
    const std::uint8_t *first[kPairs], *second[kPairs];
    typename V::Bytes weights[kPairs];
    for (int k = 0; k < kPairs; ++k) {
        first[k] = taps.source + taps.pairs[k].first * taps.stride;
        second[k] = taps.source + taps.pairs[k].second * taps.stride;
        weights[k] = V::words(pairWord(taps.pairs[k].firstWeight, taps.pairs[k].secondWeight));
    }
    inVectorsTwice<V>(count, [&](int x, auto access) {
        for (int row = 0; row < taps.aheadRows; ++row) V::prefetch(taps.ahead + row * taps.stride + x);
        typename V::Bytes low, high;
#pragma GCC unroll 8
        for (int k = 0; k < kPairs; ++k) {
            const auto a = access.load(first[k] + x), b = access.load(second[k] + x);
            const auto lowProducts = V::multiplyAddBytes(V::unpackLow8(a, b), weights[k]);
            const auto highProducts = V::multiplyAddBytes(V::unpackHigh8(a, b), weights[k]);
            low = k == 0 ? lowProducts : V::addWords(low, lowProducts);
            high = k == 0 ? highProducts : V::addWords(high, highProducts);
        }
        access.store(out + x, toSamples<V, kSigned>(low, high));
    });
}

using WeighPairs = void (*)(const RowTaps&, std::uint8_t*, int);

template <typename V, bool kSigned>
constexpr WeighPairs kWeighPairs[kMaximumPairs] = {
    weighPairs<V, 1, kSigned>, weighPairs<V, 2, kSigned>, weighPairs<V, 3, kSigned>, weighPairs<V, 4, kSigned>,
    weighPairs<V, 5, kSigned>, weighPairs<V, 6, kSigned>, weighPairs<V, 7, kSigned>, weighPairs<V, 8, kSigned>};

template <typename V>
void weighRows(const RowTaps& taps, std::uint8_t* out, int count) {
    const int index = taps.pairCount - 1;
    (taps.isSigned ? kWeighPairs<V, true>[index] : kWeighPairs<V, false>[index])(taps, out, count);
}

}  // namespace tessera::simd
