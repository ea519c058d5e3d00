#pragma once

#include "mcu/video/simd_vectors.h"

namespace tessera::simd {

template <typename V>
void averageRows(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out, int count) {
    inVectors<V>(count, [=](int x, auto access) {
        access.store(out + x, V::averageBytes(access.load(a + x), access.load(b + x)));
    });
}

/// Rounded means of neighbours, as words.
template <typename V>
inline typename V::Bytes pairMeans(typename V::Bytes samples) {
    return V::averageWords(V::multiplyAddBytes(samples, V::bytes(1)), V::zero());
}

/// `squares(x, access)` gives the vector whose neighbours are averaged: 2*V::kBytes of them make one vector.
template <typename V, typename Source>
inline void averageNeighbours(std::uint8_t* out, int count, Source source) {
    int x = 0;
    for (; x + V::kBytes <= count; x += V::kBytes) {
        const auto low = pairMeans<V>(source(2 * x, Whole<V>{}));
        const auto high = pairMeans<V>(source(2 * x + V::kBytes, Whole<V>{}));
        V::store(out + x, V::joinPacked(V::packUnsigned16(low, high)));
    }
    for (; x < count; x += V::kBytes / 2) {
        const int left = count - x < V::kBytes / 2 ? count - x : V::kBytes / 2;
        const auto means = pairMeans<V>(source(2 * x, Part<V>{2 * left}));
        V::storePart(out + x, V::joinPacked(V::packUnsigned16(means, means)), left);
    }
}

template <typename V>
void averagePairs(const std::uint8_t* in, std::uint8_t* out, int count) {
    averageNeighbours<V>(out, count, [=](int x, auto access) { return access.load(in + x); });
}

template <typename V>
void averageSquares(const std::uint8_t* upper, const std::uint8_t* lower, std::uint8_t* out, int count) {
    averageNeighbours<V>(out, count, [=](int x, auto access) {
        return V::averageBytes(access.load(upper + x), access.load(lower + x));
    });
}

template <typename V>
void blend(std::uint8_t* row, const std::uint8_t* colour, const std::uint8_t* alpha, int count) {
    inVectors<V>(count, [=](int x, auto access) {
        const auto below = widen<V>(access.load(row + x));
        const auto rest = widen<V>(V::exclusiveOr(access.load(alpha + x), V::bytes(255)));
        const Words<V> products{V::multiplyWords(below.low, rest.low), V::multiplyWords(below.high, rest.high)};
        const auto dimmed = narrow<V>(products, [](auto words) { return divide255<V>(words); });
        access.store(row + x, V::addBytes(access.load(colour + x), dimmed));
    });
}

template <typename V>
void mix(std::uint8_t* row, const std::uint8_t* below, const std::uint8_t* coverage, int count) {
    inVectors<V>(count, [=](int x, auto access) {
        const auto covered = access.load(coverage + x);
        const auto above = widen<V>(access.load(row + x)), under = widen<V>(access.load(below + x));
        const auto share = widen<V>(covered), rest = widen<V>(V::exclusiveOr(covered, V::bytes(255)));
        const Words<V> sums{
            V::addWords(V::multiplyWords(above.low, share.low), V::multiplyWords(under.low, rest.low)),
            V::addWords(V::multiplyWords(above.high, share.high), V::multiplyWords(under.high, rest.high))};
        access.store(row + x, narrow<V>(sums, [](auto words) { return divide255<V>(words); }));
    });
}

template <typename V>
void multiply(const std::uint8_t* in, int factor, std::uint8_t* out, int count) {
    const auto factors = V::words(factor);
    inVectors<V>(count, [=](int x, auto access) {
        const auto scale = [=](auto words) { return divide255<V>(V::multiplyWords(words, factors)); };
        access.store(out + x, narrow<V>(widen<V>(access.load(in + x)), scale));
    });
}

template <typename V>
void fade(std::uint8_t* row, int count, int level, int centre) {
    const auto factors = V::words(level), offsets = V::words(centre * (256 - level) + 128);
    inVectors<V>(count, [=](int x, auto access) {
        const auto scale = [=](auto words) {
            return V::template shiftRightLogical<8>(V::addWords(V::multiplyWords(words, factors), offsets));
        };
        access.store(row + x, narrow<V>(widen<V>(access.load(row + x)), scale));
    });
}

}  // namespace tessera::simd
