#pragma once

#include <cstdint>
#include <vector>

#include "mcu/media/video_frame.h"

namespace tessera {

/// A writable picture in one piece of memory: Y, U and V tightly packed, BT.709 limited range, chroma left-sited.
struct PackedPicture {
    explicit PackedPicture(Size pictureSize);

    Size size;
    std::vector<std::uint8_t> bytes;

    std::size_t offset(std::size_t plane) const;
    Size planeSize(std::size_t plane) const { return plane == 0 ? size : chromaSize(size); }
    std::uint8_t* data(std::size_t plane) { return bytes.data() + offset(plane); }
    Plane plane(std::size_t plane) const { return {bytes.data() + offset(plane), planeSize(plane).width}; }
};

/// Kinds of pictures that filters treat differently.
enum class Content {
    Card,        ///< bars, circles, rays and a ramp: hard edges in every direction
    Mandelbrot,  ///< detail of every size, coloured
    Text,        ///< lines of small letters
    Photo,       ///< soft shapes, texture with a natural spectrum, grain
};
inline constexpr Content kContents[] = {Content::Card, Content::Mandelbrot, Content::Text, Content::Photo};
const char* toString(Content content);

/// Draws one; the same on every machine but for Text, which depends on the fonts.
PackedPicture makePicture(Content content, Size size, unsigned seed = 1);

/// Some of everything but text, quickly made: what a benchmark scales.
std::vector<std::uint8_t> mixedPicture(Size size, unsigned seed);

}  // namespace tessera
