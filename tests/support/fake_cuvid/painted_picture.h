#pragma once

#include <cstdint>

namespace tessera::fake {

/// The samples of the stand-in decoder's pictures: they tell the picture's number in its stream (from 0) and its place.
constexpr std::uint8_t paintedLuma(std::uint32_t number, int x, int y) {
    return static_cast<std::uint8_t>(16 + (number * 7 + static_cast<unsigned>(x) + 3 * static_cast<unsigned>(y)) % 200);
}
constexpr std::uint8_t paintedU(std::uint32_t number, int x) {
    return static_cast<std::uint8_t>(64 + (number * 5 + static_cast<unsigned>(x)) % 100);
}
constexpr std::uint8_t paintedV(std::uint32_t number, int y) {
    return static_cast<std::uint8_t>(70 + (number * 3 + static_cast<unsigned>(y)) % 100);
}

}  // namespace tessera::fake
