#pragma once

#include <string>
#include <vector>

#include "mcu/media/geometry.h"

namespace tessera {

/// Text as coverage, 0 to 255, drawn once and blended into many pictures. Tightly packed.
struct GlyphMask {
    Size size;
    std::vector<std::uint8_t> coverage;
};

/// Renders one line of text with Pango; longer text is cut with an ellipsis.
///
/// @param height    of the line, pixels
/// @param maxWidth  pixels
/// @return          an empty mask when there is nothing to draw
/// @thread          any
GlyphMask renderGlyphs(const std::string& text, int height, int maxWidth);

/// A filled circle with a soft edge.
GlyphMask renderDisc(int diameter);

/// Pixels from the top left corner.
struct Point {
    int x = 0;
    int y = 0;
};

/// Where a plane is drawn on.
struct PlaneView {
    std::uint8_t* data = nullptr;
    int stride = 0;
    Size size;
};

/// Blends one value through a mask whose top left corner is at a point; what is outside of the plane is cut off.
void blend(const PlaneView& plane, const GlyphMask& mask, Point at, std::uint8_t value);

}  // namespace tessera
