#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/video_frame.h"

namespace tessera {

/// A small rasterised picture with transparency, in the canvas' own terms: premultiplied BT.709 limited-range planes,
/// so that blending is dst = colour + dst*(255-alpha)/255 per sample. Immutable once shared.
///
/// Premultiplied: Y, U and V hold value*alpha/255 and never exceed alpha. Tightly packed (stride = width).
struct Overlay {
    Size size;                              ///< pixels, both even
    std::vector<std::uint8_t> y, u, v;      ///< u and v at half size
    std::vector<std::uint8_t> alpha;        ///< full size
    std::vector<std::uint8_t> chromaAlpha;  ///< half size
    std::uint64_t id = nextPictureId();     ///< equal id = equal content; a copy keeps it
};

using OverlayPtr = std::shared_ptr<const Overlay>;

/// How text looks.
struct OverlayStyle {
    std::uint32_t color = 0xFFFFFF;  ///< sRGB
    std::uint32_t background = 0x0E1116;
    double backgroundOpacity = 0.68;  ///< 0 to 1; 0 = none
    bool bold = false;
    auto operator<=>(const OverlayStyle&) const = default;
};

/// The room that text has, pixels, all even.
struct TextBox {
    int lineHeight = 40;
    int minWidth = 2;
    int maxWidth = 640;  ///< longer text is broken into lines, the last of which is cut with an ellipsis
    int maxLines = 1;
    OverlayStyle style;
};

/// Draws text and initials off the tick. Implemented with Pango by `pipelines/raster`.
class TextRasterizer {
public:
    virtual ~TextRasterizer() = default;

    /// A name on a dark rounded plate.
    /// @param height    of the plate, pixels, even
    /// @param maxWidth  pixels; longer text is cut with an ellipsis
    /// @error internal: the text system failed
    /// @thread control
    virtual Result<OverlayPtr> label(const std::string& text, int height, int maxWidth) = 0;

    /// A filled circle with at most two initials of `name`, in a colour that follows from the name.
    /// @param diameter  pixels, even
    /// @thread control
    virtual Result<OverlayPtr> avatar(const std::string& name, int diameter) = 0;

    /// Text on a plate of its own, centred; an empty text is the plate alone.
    /// @error internal: the text system failed
    /// @thread control
    virtual Result<OverlayPtr> text(const std::string& text, const TextBox& box) = 0;
};

/// Labels and avatars come in four sizes; a tile takes the one that fits it.
enum class TileScale { Tiny, Small, Medium, Large };
inline constexpr int kTileScales = 4;
inline constexpr TileScale kEveryTileScale[kTileScales] = {TileScale::Tiny, TileScale::Small, TileScale::Medium,
                                                           TileScale::Large};

/// Tiny below 96 lines, Small below 200, Large from 480. A tile narrower than 16:9 counts as one of its width.
constexpr TileScale tileScale(Size tile) {
    const int lines = tile.width * 9 / 16 < tile.height ? tile.width * 9 / 16 : tile.height;
    if (lines < 96) return TileScale::Tiny;
    if (lines < 200) return TileScale::Small;
    return lines < 480 ? TileScale::Medium : TileScale::Large;
}
constexpr int labelHeight(TileScale scale) {
    constexpr int kHeights[kTileScales] = {14, 20, 28, 40};
    return kHeights[static_cast<int>(scale)];
}
/// Leaves the inset of 8 pixels on either side in the narrowest tile of its scale, Tiny ones of under 50 lines aside.
constexpr int labelMaxWidth(TileScale scale) {
    constexpr int kWidths[kTileScales] = {72, 152, 280, 560};
    return kWidths[static_cast<int>(scale)];
}
/// Stays above the label in nearly every tile of its scale.
constexpr int avatarDiameter(TileScale scale) {
    constexpr int kDiameters[kTileScales] = {28, 48, 112, 224};
    return kDiameters[static_cast<int>(scale)];
}

}  // namespace tessera
