#pragma once

#include <array>
#include <cstdint>

#include "mcu/media/frame_pool.h"

namespace tessera {

/// The frame code: a picture's meeting time in milliseconds as 40 black and white cells, large enough to survive
/// scaling, encoding and a label at the bottom, so that a receiver can measure how old a picture is.
///
/// The cells fill a grid of 10 columns and 4 rows that spans [1/16, 15/16] of the width and [1/16, 11/16] of the
/// height. In reading order they hold 32 bits of the time, most significant first, and 8 bits of CRC (white = 1).
namespace frame_code {

inline constexpr int kColumns = 10;
inline constexpr int kRows = 4;

/// Rectangle of a cell in a picture of `size`. @param cell  0 to 39
constexpr Rect cellRect(Size size, int cell) {
    const auto edgeX = [&](int column) { return size.width * (kColumns + 14 * column) / (16 * kColumns); };
    const auto edgeY = [&](int row) { return size.height * (kRows + 10 * row) / (16 * kRows); };
    const int column = cell % kColumns, row = cell / kColumns;
    return {edgeX(column), edgeY(row), edgeX(column + 1) - edgeX(column), edgeY(row + 1) - edgeY(row)};
}

/// CRC-8 of the four bytes of the time. @source ITU-T I.432.1: x^8 + x^2 + x + 1; begun with ones, so that a black
/// picture is no code
constexpr std::uint8_t checksum(std::uint32_t milliseconds) {
    unsigned crc = 0xff;
    for (int shift = 24; shift >= 0; shift -= 8) {
        crc ^= (milliseconds >> shift) & 0xffU;
        for (int bit = 0; bit < 8; ++bit) crc = (crc << 1U) ^ ((crc & 0x80U) != 0 ? 0x107U : 0U);
    }
    return static_cast<std::uint8_t>(crc);
}

/// @param cell  0 to 39
constexpr bool isWhite(std::uint32_t milliseconds, int cell) {
    if (cell < 32) return ((milliseconds >> (31 - cell)) & 1U) != 0;
    return ((checksum(milliseconds) >> (39 - cell)) & 1U) != 0;
}

}  // namespace frame_code

/// Draws the code of a time into the luma plane, nothing around it.
void drawFrameCode(WritableFrame& frame, MediaTime time);

}  // namespace tessera
