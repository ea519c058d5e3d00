#pragma once

#include <cstdint>
#include <immintrin.h>

// Included by the units of AVX-512 kernels alone, see simd_vectors.h: the type is another one in each of them.

namespace tessera {
namespace {

/// The operations that simd_*.h use, on 64 bytes: AVX-512 F, BW and VL.
struct Avx512 {
    using Bytes = __m512i;
    static constexpr int kBytes = 64;
    static constexpr int kOutputs = kBytes / 2;
    static constexpr bool kHasMasks = true;

    static __mmask64 first(int count) { return ~std::uint64_t{0} >> (kBytes - count); }
    static Bytes load(const std::uint8_t* from) { return _mm512_loadu_si512(from); }
    static void store(std::uint8_t* to, Bytes value) { _mm512_storeu_si512(to, value); }
    static Bytes loadPart(const std::uint8_t* from, int count) { return _mm512_maskz_loadu_epi8(first(count), from); }
    static void storePart(std::uint8_t* to, Bytes value, int count) {
        _mm512_mask_storeu_epi8(to, first(count), value);
    }
    static Bytes widenHalf(const std::uint8_t* from) {
        return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(from)));
    }
    static Bytes widenHalfPart(const std::uint8_t* from, int count) {
        return _mm512_cvtepu8_epi16(_mm512_castsi512_si256(loadPart(from, count)));
    }
    static void prefetch(const std::uint8_t* from) { _mm_prefetch(reinterpret_cast<const char*>(from), _MM_HINT_T0); }

    static Bytes zero() { return _mm512_setzero_si512(); }
    static Bytes bytes(int value) { return _mm512_set1_epi8(static_cast<char>(value)); }
    static Bytes words(int value) { return _mm512_set1_epi16(static_cast<short>(value)); }
    static Bytes doubleWords(int value) { return _mm512_set1_epi32(value); }

    static Bytes exclusiveOr(Bytes a, Bytes b) { return _mm512_xor_si512(a, b); }
    static Bytes addBytes(Bytes a, Bytes b) { return _mm512_add_epi8(a, b); }
    static Bytes addWords(Bytes a, Bytes b) { return _mm512_add_epi16(a, b); }
    static Bytes addDoubleWords(Bytes a, Bytes b) { return _mm512_add_epi32(a, b); }
    static Bytes addSaturating(Bytes a, Bytes b) { return _mm512_adds_epi16(a, b); }
    static Bytes averageBytes(Bytes a, Bytes b) { return _mm512_avg_epu8(a, b); }
    static Bytes averageWords(Bytes a, Bytes b) { return _mm512_avg_epu16(a, b); }
    static Bytes multiplyWords(Bytes a, Bytes b) { return _mm512_mullo_epi16(a, b); }
    static Bytes multiplyRounded(Bytes a, Bytes b) { return _mm512_mulhrs_epi16(a, b); }
    static Bytes multiplyAddBytes(Bytes samples, Bytes weights) { return _mm512_maddubs_epi16(samples, weights); }
    static Bytes multiplyAddWords(Bytes a, Bytes b) { return _mm512_madd_epi16(a, b); }

    template <int kBits>
    static Bytes shiftRightLogical(Bytes a) {
        return _mm512_srli_epi16(a, kBits);
    }
    template <int kBits>
    static Bytes shiftRightDoubleWords(Bytes a) {
        return _mm512_srai_epi32(a, kBits);
    }

    static Bytes unpackLow8(Bytes a, Bytes b) { return _mm512_unpacklo_epi8(a, b); }
    static Bytes unpackHigh8(Bytes a, Bytes b) { return _mm512_unpackhi_epi8(a, b); }
    static Bytes unpackLow16(Bytes a, Bytes b) { return _mm512_unpacklo_epi16(a, b); }
    static Bytes unpackHigh16(Bytes a, Bytes b) { return _mm512_unpackhi_epi16(a, b); }
    static Bytes unpackLow32(Bytes a, Bytes b) { return _mm512_unpacklo_epi32(a, b); }
    static Bytes unpackHigh32(Bytes a, Bytes b) { return _mm512_unpackhi_epi32(a, b); }
    static Bytes packUnsigned16(Bytes a, Bytes b) { return _mm512_packus_epi16(a, b); }
    static Bytes packSigned32(Bytes a, Bytes b) { return _mm512_packs_epi32(a, b); }

    /// From packed pieces in turns to all of the first vector, then all of the second.
    static Bytes joinPacked(Bytes a) { return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), a); }
    static __m256i lowHalf(Bytes a) { return _mm512_castsi512_si256(a); }
    static __m256i highHalf(Bytes a) { return _mm512_extracti64x4_epi64(a, 1); }

    /// Stores the first samples of halves.
    static auto halfStore(int count) {
        const auto mask = static_cast<__mmask32>(first(count));
        return [mask](std::uint8_t* to, __m256i value) { _mm256_mask_storeu_epi8(to, mask, value); };
    }
};

}  // namespace
}  // namespace tessera
