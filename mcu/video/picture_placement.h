#pragma once

#include "mcu/media/geometry.h"
#include "mcu/video/scale_table.h"

namespace tessera {

/// Which source positions one axis of a rectangle shows, in luma samples: exact, so that a crop is centred to the
/// fraction of a sample and the chroma planes agree with it.
struct AxisCrop {
    int sourceLength = 0;  ///< luma samples
    int targetLength = 0;  ///< luma samples, even
    std::int64_t ratioNumerator = 1;
    std::int64_t ratioDenominator = 1;
    std::int64_t offset = 0;  ///< left or upper edge of what is shown, in 1/(2*ratioDenominator) luma sample
    int chromaSiting = 0;     ///< position of the source's chroma sample 0, in half luma samples from luma sample 0

    AxisMapping luma() const;

    /// Chroma rows of the canvas lie midway between two luma rows.
    AxisMapping verticalChroma() const;

    /// Chroma columns of the canvas lie on the even luma columns. @source ITU-T H.264 Annex E, chroma_sample_loc_type 0
    AxisMapping horizontalChroma() const;
};

/// Where and how a picture stands in its tile. Its axes are those of the turned picture.
struct PicturePlacement {
    Rect rect;  ///< covered by the picture, canvas pixels, even
    AxisCrop horizontal;
    AxisCrop vertical;
};

/// Contain: the whole picture, as large as fits, its second side rounded to the nearest even size, centred on even
/// pixels. Cover: the whole tile, the picture cropped on both sides by the same exact amount; at 1:1 the crop is moved
/// by less than two samples so that nothing is resampled. Pixels are square.
///
/// @param source       pixels as stored, at least 1x1, chroma left-sited
/// @param tile         canvas pixels, even, not empty
/// @param orientation  how the stored picture is turned before it is placed
PicturePlacement placePicture(Size source, const Rect& tile, Fit fit, Orientation orientation = {});

}  // namespace tessera
