#pragma once

#include <cstdint>

// Included by the units of the vector kernels alone, each of which is compiled for its own instruction set. Nothing
// here may become a function that another unit could be linked to: templates take the unit's own (unnamed) vector type,
// and no function of the standard library is called.

namespace tessera::simd {

/// A whole vector of samples.
template <typename V>
struct Whole {
    static typename V::Bytes load(const std::uint8_t* from) { return V::load(from); }
    static void store(std::uint8_t* to, typename V::Bytes value) { V::store(to, value); }
};

/// The first samples of a vector; the others are neither read nor written.
template <typename V>
struct Part {
    int count;
    typename V::Bytes load(const std::uint8_t* from) const { return V::loadPart(from, count); }
    void store(std::uint8_t* to, typename V::Bytes value) const { V::storePart(to, value, count); }
};

/// Calls body(x, access) for every vector of a row.
template <typename V, typename Body>
inline void inVectors(int count, Body body) {
    int x = 0;
    for (; x + V::kBytes <= count; x += V::kBytes) body(x, Whole<V>{});
    if (x < count) body(x, Part<V>{count - x});
}

/// The same for bodies that may do a sample twice: the last vector overlaps the one before it.
template <typename V, typename Body>
inline void inVectorsTwice(int count, Body body) {
    if (V::kHasMasks || count < V::kBytes) return inVectors<V>(count, body);
    int x = 0;
    for (; x + V::kBytes <= count; x += V::kBytes) body(x, Whole<V>{});
    if (x < count) body(count - V::kBytes, Whole<V>{});
}

/// Sixteen-bit numbers of all samples of a vector, in the order that unpacking gives and packing takes.
template <typename V>
struct Words {
    typename V::Bytes low, high;
};

template <typename V>
inline Words<V> widen(typename V::Bytes samples) {
    return {V::unpackLow8(samples, V::zero()), V::unpackHigh8(samples, V::zero())};
}

template <typename V, typename Operation>
inline typename V::Bytes narrow(const Words<V>& words, Operation operation) {
    return V::packUnsigned16(operation(words.low), operation(words.high));
}

/// round(value / 255) for 0 to 255*255. @source J. Blinn, "Three wrongs make a right", IEEE CG&A 15(6), 1995
template <typename V>
inline typename V::Bytes divide255(typename V::Bytes value) {
    const auto rounded = V::addWords(value, V::words(128));
    return V::template shiftRightLogical<8>(V::addWords(rounded, V::template shiftRightLogical<8>(rounded)));
}

}  // namespace tessera::simd
