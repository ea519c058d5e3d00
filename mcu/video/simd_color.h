#pragma once

#include "mcu/video/color_conversion.h"
#include "mcu/video/simd_vectors.h"

namespace tessera::simd {

inline constexpr int kColorShift = 14;
inline constexpr int kColorRound = 1 << (kColorShift - 1);

/// Two coefficients as the double word that multiplies a pair of words.
inline int coefficientPair(int first, int second) {
    return static_cast<int>((static_cast<unsigned>(first) & 0xffffU) | static_cast<unsigned>(second) << 16U);
}

/// first*a + second*b + constant of each word of `first` and `second`, in double words.
template <typename V>
struct DoubleWords {
    typename V::Bytes low, high;

    DoubleWords(typename V::Bytes first, typename V::Bytes second, int coefficients, int constant) {
        const auto weights = V::doubleWords(coefficients), start = V::doubleWords(constant);
        low = V::addDoubleWords(V::multiplyAddWords(V::unpackLow16(first, second), weights), start);
        high = V::addDoubleWords(V::multiplyAddWords(V::unpackHigh16(first, second), weights), start);
    }

    /// Without the fraction, in words.
    typename V::Bytes words() const {
        return V::packSigned32(V::template shiftRightDoubleWords<kColorShift>(low),
                               V::template shiftRightDoubleWords<kColorShift>(high));
    }
};

/// One vector of luma, when luma itself is not scaled.
template <typename V>
inline typename V::Bytes addToLuma(typename V::Bytes luma, const DoubleWords<V>& chroma) {
    const auto added = chroma.words();
    const auto samples = widen<V>(luma);
    return V::packUnsigned16(V::addWords(samples.low, V::unpackLow16(added, added)),
                             V::addWords(samples.high, V::unpackHigh16(added, added)));
}

template <typename V>
inline typename V::Bytes scaleLuma(typename V::Bytes luma, const DoubleWords<V>& chroma, int factor) {
    const auto weights = V::doubleWords(coefficientPair(factor, 0));
    const auto scale = [weights](auto words, auto added) {
        return V::template shiftRightDoubleWords<kColorShift>(
            V::addDoubleWords(V::multiplyAddWords(words, weights), added));
    };
    const auto half = [&](auto words, auto added) {
        return V::packSigned32(scale(V::unpackLow16(words, V::zero()), V::unpackLow32(added, added)),
                               scale(V::unpackHigh16(words, V::zero()), V::unpackHigh32(added, added)));
    };
    const auto samples = widen<V>(luma);
    return V::packUnsigned16(half(samples.low, chroma.low), half(samples.high, chroma.high));
}

template <typename V>
void convertLuma(std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v, int count,
                 const ColorConversion& conversion) {
    const int yy = conversion.yy, coefficients = coefficientPair(conversion.yu, conversion.yv);
    const int constant = conversion.y0 * (1 << kColorShift) + kColorRound - 128 * (conversion.yu + conversion.yv);
    const auto convert = [=](int x, auto access, auto cb, auto cr) {
        const DoubleWords<V> chroma(cb, cr, coefficients, constant);
        const auto luma = access.load(y + x);
        access.store(y + x, yy == 1 << kColorShift ? addToLuma<V>(luma, chroma) : scaleLuma<V>(luma, chroma, yy));
    };
    inVectors<V>(count, [=](int x, auto access) {
        if constexpr (requires { access.count; }) {
            convert(x, access, V::widenHalfPart(u + x / 2, access.count / 2),
                    V::widenHalfPart(v + x / 2, access.count / 2));
        } else {
            convert(x, access, V::widenHalf(u + x / 2), V::widenHalf(v + x / 2));
        }
    });
}

template <typename V>
void convertChroma(std::uint8_t* u, std::uint8_t* v, int count, const ColorConversion& conversion) {
    const int forU = coefficientPair(conversion.uu, conversion.uv),
              forV = coefficientPair(conversion.vu, conversion.vv);
    const int constant = 128 * (1 << kColorShift) + kColorRound;
    inVectors<V>(count, [=](int x, auto access) {
        const auto cb = widen<V>(access.load(u + x)), cr = widen<V>(access.load(v + x));
        const auto centre = V::words(-128);
        const auto convert = [=](int coefficients) {
            const auto half = [=](auto first, auto second) {
                return DoubleWords<V>(V::addWords(first, centre), V::addWords(second, centre), coefficients, constant)
                    .words();
            };
            return V::packUnsigned16(half(cb.low, cr.low), half(cb.high, cr.high));
        };
        access.store(u + x, convert(forU));
        access.store(v + x, convert(forV));
    });
}

}  // namespace tessera::simd
