#pragma once

#include "mcu/video/kernels.h"
#include "mcu/video/simd_avx512.h"
#include "mcu/video/simd_color.h"
#include "mcu/video/simd_samples.h"
#include "mcu/video/simd_weigh.h"

// Included by units of AVX-512 kernels alone, see simd_vectors.h.

namespace tessera {
namespace {

/// A set of AVX-512 kernels; those that fetch columns differ from one to the next.
constexpr PixelKernels avx512Kernels(const char* name, decltype(PixelKernels::layOutColumns) layOutColumns,
                                     decltype(PixelKernels::filterColumns) filterColumns) {
    return {
        .name = name,
        .blockRows = 16,
        .weighRows = simd::weighRows<Avx512>,
        .layOutColumns = layOutColumns,
        .filterColumns = filterColumns,
        .averageRows = simd::averageRows<Avx512>,
        .averagePairs = simd::averagePairs<Avx512>,
        .averageSquares = simd::averageSquares<Avx512>,
        .blend = simd::blend<Avx512>,
        .mix = simd::mix<Avx512>,
        .multiply = simd::multiply<Avx512>,
        .fade = simd::fade<Avx512>,
        .convertLuma = simd::convertLuma<Avx512>,
        .convertChroma = simd::convertChroma<Avx512>,
    };
}

}  // namespace
}  // namespace tessera
