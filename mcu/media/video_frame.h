#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "mcu/base/time.h"
#include "mcu/media/geometry.h"

namespace tessera {

enum class PixelFormat { I420, Nv12 };
enum class MemoryKind { Host, Cuda };
enum class ColorMatrix { Bt601, Bt709 };
enum class ColorRange { Limited, Full };

/// One plane: `rows` lines of `stride` bytes.
struct Plane {
    const std::uint8_t* data = nullptr;
    int stride = 0;  ///< bytes
    auto operator<=>(const Plane&) const = default;
};

class DevicePicture;

/// A number that no picture and no overlay of this process had before. @thread any
std::uint64_t nextPictureId();

/// An immutable picture. Filled privately by its maker, then shared as FramePtr and never written again.
///
/// I420: planes Y, U, V; the chroma planes are (width+1)/2 x (height+1)/2, left-sited (H.264 chroma_loc 0).
struct VideoFrame {
    Size size;  ///< pixels
    PixelFormat format = PixelFormat::I420;
    MemoryKind memory = MemoryKind::Host;
    ColorMatrix matrix = ColorMatrix::Bt709;
    ColorRange range = ColorRange::Limited;
    std::array<Plane, 3> planes{};
    MediaTime pts{};
    Orientation orientation;              ///< how the stored planes are turned for display
    std::uint64_t id = nextPictureId();   ///< equal id = equal picture, wherever it came from; a copy keeps it
    std::shared_ptr<const void> owner{};  ///< keeps the planes' memory alive
    /// Set when memory is Cuda: planes then hold device addresses, NV12 has two of them.
    std::shared_ptr<const DevicePicture> device{};
};

using FramePtr = std::shared_ptr<const VideoFrame>;

/// Offered frames smaller than this are ignored: a leaving sender emits degenerate last frames (2x2, 8x8).
inline constexpr Size kMinimumFrame{16, 16};

constexpr Size chromaSize(Size luma) {
    return {(luma.width + 1) / 2, (luma.height + 1) / 2};
}

}  // namespace tessera
