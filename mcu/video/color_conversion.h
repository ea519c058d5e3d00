#pragma once

#include <cstdint>

#include "mcu/media/video_frame.h"

namespace tessera {

/// Coefficients, times 2^14, that bring a picture to BT.709 limited range. With u and v less 128:
///   y' = clamp((yy*y + yu*u + yv*v + y0 * 2^14 + 2^13) >> 14)
///   u' = clamp((uu*u + uv*v + 128 * 2^14 + 2^13) >> 14), v' likewise with vu and vv
///
/// Each is round(2^14 * c) of the real coefficient c, which follows from Kr, Kb of both systems: R'G'B' of one matrix
/// put into the other; a full-range input is scaled by 219/255 (luma) and 224/255 (chroma).
/// @source ITU-R BT.601-7 sections 2.5.1-2.5.3 (Kr 0.299, Kb 0.114), BT.709-6 items 3.2-3.3 (Kr 0.2126, Kb 0.0722),
///         full range: ITU-T H.273 section 8.3, VideoFullRangeFlag 1
struct ColorConversion {
    std::int32_t yy, yu, yv, y0;
    std::int32_t uu, uv, vu, vv;

    bool isIdentity() const { return yy == 1 << 14 && yu == 0 && uu == 1 << 14; }
};

constexpr ColorConversion colorConversion(ColorMatrix matrix, ColorRange range) {
    if (matrix == ColorMatrix::Bt709) {
        if (range == ColorRange::Limited) return {16384, 0, 0, 0, 16384, 0, 0, 16384};
        return {14071, 0, 0, 16, 14392, 0, 0, 14392};
    }
    if (range == ColorRange::Limited) return {16384, -1893, -3407, 0, 16689, 1878, 1230, 16799};
    return {14071, -1663, -2993, 16, 14660, 1650, 1080, 14757};
}

}  // namespace tessera
