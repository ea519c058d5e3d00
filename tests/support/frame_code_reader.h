#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "mcu/media/video_frame.h"

#include "pipelines/ingest/frame_code.h"

namespace tessera {

/// Reads the frame code of a tile. Each cell is judged by the mean of its middle, against the mean of the darkest and
/// the brightest cell, so that a dimmed or compressed picture is read as well.
///
/// @param luma  plane Y of the whole picture
/// @param tile  where the coded picture is in it
/// @return      the meeting time at which the picture was made; nothing when the checksum is wrong
inline std::optional<MediaTime> readFrameCode(const Plane& luma, Rect tile) {
    constexpr int kCells = frame_code::kColumns * frame_code::kRows;
    std::array<int, kCells> means{};
    for (int cell = 0; cell < kCells; ++cell) {
        const Rect rect = frame_code::cellRect(tile.size(), cell);
        if (rect.width < 4 || rect.height < 4) return std::nullopt;
        int sum = 0, count = 0;
        for (int y = rect.y + rect.height / 4; y < rect.bottom() - rect.height / 4; ++y) {
            for (int x = rect.x + rect.width / 4; x < rect.right() - rect.width / 4; ++x) {
                sum += luma.data[(tile.y + y) * luma.stride + tile.x + x];
                ++count;
            }
        }
        means[static_cast<std::size_t>(cell)] = sum / count;
    }
    const auto [darkest, brightest] = std::minmax_element(means.begin(), means.end());
    const int threshold = (*darkest + *brightest) / 2;
    if (*brightest - *darkest < 40) return std::nullopt;
    std::uint64_t bits = 0;
    for (const int mean : means) bits = bits << 1U | (mean > threshold ? 1U : 0U);
    const auto milliseconds = static_cast<std::uint32_t>(bits >> 8U);
    if (frame_code::checksum(milliseconds) != (bits & 0xffU)) return std::nullopt;
    return MediaTime(std::chrono::milliseconds(milliseconds));
}

}  // namespace tessera
