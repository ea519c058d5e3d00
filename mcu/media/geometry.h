#pragma once

#include <compare>
#include <cstdint>

namespace tessera {

/// Pixels.
struct Size {
    int width = 0;
    int height = 0;
    bool isEmpty() const { return width <= 0 || height <= 0; }
    auto operator<=>(const Size&) const = default;
};

/// Pixels; x and y from the top left corner. Right and bottom edges are exclusive.
struct Rect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    Size size() const { return {width, height}; }
    int right() const { return x + width; }
    int bottom() const { return y + height; }
    bool isEmpty() const { return width <= 0 || height <= 0; }
    auto operator<=>(const Rect&) const = default;
};

/// A rectangle as fractions of a canvas, 0 to 1.
struct FractionRect {
    double x = 0;
    double y = 0;
    double width = 1;
    double height = 1;
    auto operator<=>(const FractionRect&) const = default;
};

/// How a stored picture is turned for display: first clockwise by quarter turns, then mirrored left to right.
struct Orientation {
    int quarterTurns = 0;  ///< 0 to 3
    bool mirrored = false;

    /// This, followed by `next`.
    constexpr Orientation then(Orientation next) const {
        const int turns = mirrored ? quarterTurns - next.quarterTurns : quarterTurns + next.quarterTurns;
        return {((turns % 4) + 4) % 4, mirrored != next.mirrored};
    }
    constexpr Size apply(Size size) const { return quarterTurns % 2 == 0 ? size : Size{size.height, size.width}; }
    bool isIdentity() const { return quarterTurns == 0 && !mirrored; }
    auto operator<=>(const Orientation&) const = default;
};

/// How a picture of one shape fills a rectangle of another.
enum class Fit {
    Contain,  ///< whole picture, letterboxed
    Cover,    ///< whole rectangle, cropped around the centre
};

/// A colour in the canvas' own terms: BT.709 limited range, Y 16-235, U and V 16-240.
struct Yuv {
    std::uint8_t y = 16;
    std::uint8_t u = 128;
    std::uint8_t v = 128;
    auto operator<=>(const Yuv&) const = default;
};

/// Converts full-range sRGB primaries. @source ITU-R BT.709-6 section 3, with 8-bit quantisation of section 4.6
constexpr Yuv yuvFromRgb(std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    const double red = r / 255.0, green = g / 255.0, blue = b / 255.0;
    const double luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    const double cb = (blue - luma) / 1.8556, cr = (red - luma) / 1.5748;
    return {static_cast<std::uint8_t>(16 + 219 * luma + 0.5), static_cast<std::uint8_t>(128 + 224 * cb + 0.5),
            static_cast<std::uint8_t>(128 + 224 * cr + 0.5)};
}

}  // namespace tessera
