#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "mcu/scene/composition.h"

namespace tessera {

/// Sum of the weights of one output sample: 1.0 in seven bits.
inline constexpr int kWeightOne = 128;

/// Most taps of one output sample. Ratios are at most kMaximumRatio after halving, and the widest filter spans four
/// times the ratio, both ends excluded.
inline constexpr int kMaximumTaps = 16;

/// Source samples per output sample beyond which a plane is halved before it is filtered.
inline constexpr int kMaximumRatio = 4;

/// Where the output samples of one axis of one plane lie in the source plane. All exact: output sample i is centred on
/// source position (origin + 4*ratioNumerator*i) / (4*ratioDenominator), counted in samples from the centre of sample
/// 0.
struct AxisMapping {
    int sourceLength = 0;  ///< samples of the plane
    int targetLength = 0;
    std::int64_t ratioNumerator = 1;  ///< source samples per output sample; both below 2^20
    std::int64_t ratioDenominator = 1;
    std::int64_t origin = 0;  ///< in 1/(4*ratioDenominator) sample
    auto operator<=>(const AxisMapping&) const = default;

    /// The same output samples in a plane of half the length: sample k of it is the mean of samples 2k and 2k+1.
    AxisMapping halved() const;

    /// True while the plane must be halved along this axis.
    bool needsHalving() const { return ratioNumerator > kMaximumRatio * ratioDenominator; }
};

/// Weights of one axis: output sample i is clamp((sum over k of weights[i*taps + k] * source[first[i] + k] + 64) >> 7).
/// The weights of a sample sum to 128; its window lies inside the source plane. The positive ones sum to at most 160,
/// so that sums of 8-bit samples, started at 64 - 16384, fit into 16 bits. A weight can exceed 127 at an edge and in
/// a copy: a backend with signed 8-bit weights gives such a tap twice, which does not change the sum.
struct ScaleTable {
    int taps = 0;
    int sourceBegin = 0;  ///< source samples [sourceBegin, sourceEnd) are used
    int sourceEnd = 0;
    bool isCopy = false;     ///< output i is source sample sourceBegin + i
    bool isHalving = false;  ///< output i is the mean of source samples sourceBegin + 2i and + 2i + 1
    std::vector<std::int32_t> first;
    std::vector<std::int16_t> weights;  ///< targetLength x taps

    int targetLength() const { return static_cast<int>(first.size()); }
};

/// Builds the table of one axis in integer arithmetic: the same on every machine.
///
/// @param mapping  must not need halving
/// @source docs/compositor.md; R. Keys, "Cubic convolution interpolation for digital image processing", IEEE Trans.
/// ASSP
///         29(6), 1981, equation 15 (a = -1/2), widened by the ratio as usual for antialiasing
/// @thread any
ScaleTable buildScaleTable(const AxisMapping& mapping, ScaleFilter filter);

}  // namespace tessera
