#include "mcu/video/picture_placement.h"

#include <algorithm>

namespace tessera {
namespace {

AxisCrop wholeAxis(int sourceLength, int targetLength) {
    return {sourceLength, targetLength, sourceLength, targetLength, 0, 0};
}

/// `ofSide` * ratio, rounded to the nearest even number, from 2 to `limit`.
int evenShare(std::int64_t ofSide, int numerator, int denominator, int limit) {
    const std::int64_t half = (ofSide * numerator + denominator) / (2 * static_cast<std::int64_t>(denominator));
    return static_cast<int>(std::clamp<std::int64_t>(2 * half, 2, limit));
}

int centred(int inner, int outer) {
    return (outer - inner) / 4 * 2;
}

PicturePlacement contain(Size source, const Rect& tile, bool isWider) {
    Rect rect = tile;
    if (isWider) {
        rect.height = evenShare(tile.width, source.height, source.width, tile.height);
        rect.y += centred(rect.height, tile.height);
    } else {
        rect.width = evenShare(tile.height, source.width, source.height, tile.width);
        rect.x += centred(rect.width, tile.width);
    }
    return {rect, wholeAxis(source.width, rect.width), wholeAxis(source.height, rect.height)};
}

AxisCrop croppedAxis(int sourceLength, int targetLength, std::int64_t numerator, std::int64_t denominator) {
    AxisCrop crop{sourceLength, targetLength, numerator, denominator, 0, 0};
    crop.offset = sourceLength * denominator - targetLength * numerator;
    const std::int64_t twoSamples = 4 * denominator;
    if (numerator == denominator) crop.offset = crop.offset / twoSamples * twoSamples;
    return crop;
}

PicturePlacement place(Size source, const Rect& tile, Fit fit) {
    const bool isWider =
        static_cast<std::int64_t>(source.width) * tile.height >= static_cast<std::int64_t>(source.height) * tile.width;
    if (fit == Fit::Contain) return contain(source, tile, isWider);
    const int numerator = isWider ? source.height : source.width;
    const int denominator = isWider ? tile.height : tile.width;
    return {tile, croppedAxis(source.width, tile.width, numerator, denominator),
            croppedAxis(source.height, tile.height, numerator, denominator)};
}

/// In half luma samples from luma sample 0.
struct ChromaSiting {
    int horizontal = 0;
    int vertical = 1;
};

/// The siting of an axis read backwards: where its last chroma sample lies, counted from the last luma sample.
int mirrored(int siting, int lumaLength) {
    return (lumaLength % 2 == 0 ? 2 : 0) - siting;
}

/// A clockwise turn puts the bottom row to the left: the new horizontal axis is the vertical one read backwards.
ChromaSiting turnedSiting(Size size, Orientation orientation) {
    ChromaSiting siting;
    for (int turn = 0; turn < orientation.quarterTurns; ++turn) {
        siting = {mirrored(siting.vertical, size.height), siting.horizontal};
        size = {size.height, size.width};
    }
    if (orientation.mirrored) siting.horizontal = mirrored(siting.horizontal, size.width);
    return siting;
}

}  // namespace

AxisMapping AxisCrop::luma() const {
    return {sourceLength, targetLength, ratioNumerator, ratioDenominator,
            2 * offset + 2 * ratioNumerator - 2 * ratioDenominator};
}

AxisMapping AxisCrop::verticalChroma() const {
    return {(sourceLength + 1) / 2, targetLength / 2, ratioNumerator, ratioDenominator,
            offset + 2 * ratioNumerator - (1 + chromaSiting) * ratioDenominator};
}

AxisMapping AxisCrop::horizontalChroma() const {
    return {(sourceLength + 1) / 2, targetLength / 2, ratioNumerator, ratioDenominator,
            offset + ratioNumerator - (1 + chromaSiting) * ratioDenominator};
}

PicturePlacement placePicture(Size source, const Rect& tile, Fit fit, Orientation orientation) {
    PicturePlacement placement = place(orientation.apply(source), tile, fit);
    const ChromaSiting siting = turnedSiting(source, orientation);
    placement.horizontal.chromaSiting = siting.horizontal;
    placement.vertical.chromaSiting = siting.vertical;
    return placement;
}

}  // namespace tessera
