#include "mcu/video/picture_turner.h"

#include <algorithm>

namespace tessera {
namespace {

/// Samples of one side of the squares in which a plane is transposed: both their reads and writes stay in the cache.
constexpr int kTransposeBlock = 32;

Plane upsideDown(const Plane& plane, int rows) {
    return {plane.data + static_cast<std::ptrdiff_t>(rows - 1) * plane.stride, -plane.stride};
}

void transposeBlock(const Plane& from, std::uint8_t* to, int toStride, Size block) {
    for (int x = 0; x < block.width; ++x) {
        for (int y = 0; y < block.height; ++y) {
            to[static_cast<std::ptrdiff_t>(x) * toStride + y] =
                from.data[static_cast<std::ptrdiff_t>(y) * from.stride + x];
        }
    }
}

/// Row y, column x of `from` becomes row x, column y.
Plane transpose(const Plane& from, Size size, std::vector<std::uint8_t>& out) {
    const int stride = size.height;
    for (int y = 0; y < size.height; y += kTransposeBlock) {
        for (int x = 0; x < size.width; x += kTransposeBlock) {
            const Plane corner{from.data + static_cast<std::ptrdiff_t>(y) * from.stride + x, from.stride};
            std::uint8_t* to = out.data() + static_cast<std::ptrdiff_t>(x) * stride + y;
            transposeBlock(corner, to, stride,
                           {std::min(kTransposeBlock, size.width - x), std::min(kTransposeBlock, size.height - y)});
        }
    }
    return {out.data(), stride};
}

Plane reverseRows(const Plane& from, Size size, std::vector<std::uint8_t>& out) {
    for (int y = 0; y < size.height; ++y) {
        const std::uint8_t* row = from.data + static_cast<std::ptrdiff_t>(y) * from.stride;
        std::reverse_copy(row, row + size.width, out.data() + static_cast<std::ptrdiff_t>(y) * size.width);
    }
    return {out.data(), size.width};
}

Plane turnPlane(const Plane& plane, Size size, Orientation orientation, std::vector<std::uint8_t>& out) {
    const auto [turns, mirrored] = orientation;
    if (orientation.isIdentity()) return plane;
    if (turns == 2 && mirrored) return upsideDown(plane, size.height);
    const auto bytes = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    if (out.size() < bytes) out.resize(bytes);
    if (turns % 2 == 0) {
        const Plane reversed = reverseRows(plane, size, out);
        return turns == 0 ? reversed : upsideDown(reversed, size.height);
    }
    // A clockwise turn is the transposition of the picture upside down; mirroring it again undoes that.
    const bool flipsInput = (turns == 1) != mirrored;
    const Plane transposed = transpose(flipsInput ? upsideDown(plane, size.height) : plane, size, out);
    return turns == 3 ? upsideDown(transposed, size.width) : transposed;
}

}  // namespace

std::array<Plane, 3> PictureTurner::turn(const VideoFrame& frame, Orientation orientation) {
    std::array<Plane, 3> planes;
    for (std::size_t i = 0; i < planes.size(); ++i) {
        planes[i] = turnPlane(frame.planes[i], i == 0 ? frame.size : chromaSize(frame.size), orientation, samples_[i]);
    }
    return planes;
}

}  // namespace tessera
