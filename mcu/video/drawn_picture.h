#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mcu/scene/composition.h"

namespace tessera {

/// Everything that decides the pixels of one layer or overlay: equal values draw equal pixels.
struct DrawnItem {
    Rect rect;  ///< nothing outside of it changes
    int x = 0;  ///< of an overlay's upper left corner, which may lie outside of rect
    int y = 0;
    bool isOverlay = false;
    std::uint64_t picture = 0;  ///< id of the frame or overlay; 0 = placeholder
    std::uint64_t label = 0;
    int labelInset = 0;
    std::uint64_t avatar = 0;
    Fit fit = Fit::Cover;
    ScaleFilter filter = ScaleFilter::CatmullRom;
    Orientation orientation;
    int opacity = kOpaque;
    int cornerRadius = 0;
    int level = 256;
    int border = 0;
    Yuv borderColor{};
    Yuv fill{};
    bool operator==(const DrawnItem&) const = default;

    bool isOpaque() const { return !isOverlay && opacity >= kOpaque; }
};

/// Everything that decides the pixels of a picture. Items are the layers and then the overlays, from far to near.
struct DrawnPicture {
    Yuv background{};
    std::uint64_t image = 0;  ///< id of the background image; 0 = none
    std::vector<DrawnItem> items;
    bool operator==(const DrawnPicture&) const = default;

    /// @param frames  what the layers show, one per layer; null = placeholder
    /// @param image   null = none
    /// @thread        of its owner; allocates only while items grow in number
    void describe(const Composition& composition, std::span<const VideoFrame* const> frames, const VideoFrame* image);
};

}  // namespace tessera
