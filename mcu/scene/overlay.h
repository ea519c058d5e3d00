#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/geometry.h"

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
};

using OverlayPtr = std::shared_ptr<const Overlay>;

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
};

/// Labels and avatars come in three sizes; a tile takes the one that fits its height.
enum class TileScale { Small, Medium, Large };
inline constexpr int kTileScales = 3;

/// Small below 200 lines, Large from 480.
constexpr TileScale tileScale(int tileHeight) {
    return tileHeight < 200 ? TileScale::Small : tileHeight < 480 ? TileScale::Medium : TileScale::Large;
}
constexpr int labelHeight(TileScale scale) {
    return scale == TileScale::Small ? 20 : scale == TileScale::Medium ? 28 : 40;
}
constexpr int labelMaxWidth(TileScale scale) {
    return scale == TileScale::Small ? 160 : scale == TileScale::Medium ? 280 : 560;
}
constexpr int avatarDiameter(TileScale scale) {
    return scale == TileScale::Small ? 64 : scale == TileScale::Medium ? 112 : 224;
}

}  // namespace tessera
