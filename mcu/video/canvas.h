#pragma once

#include <array>
#include <cstdint>

#include "mcu/media/frame_pool.h"
#include "mcu/scene/composition.h"
#include "mcu/video/corner_coverage.h"
#include "mcu/video/kernels.h"

namespace tessera {

/// The picture being drawn. Draws everything but scaled pictures; every rectangle is even and inside `size`.
/// @thread of its owner; never allocates
class Canvas {
public:
    /// The widest rectangle that is mixed or blended with opacity, pixels.
    static constexpr int kMaximumWidth = 8192;

    Canvas(const WritableFrame& frame, const PixelKernels& kernels);

    Size size() const { return size_; }

    /// The same canvas; what is drawn with it changes nothing outside of `clip`, which is even.
    Canvas clipped(const Rect& clip) const;
    const Rect& clip() const { return clip_; }

    /// The samples of plane 0 to 2 from the upper left corner of `rect` on; the clip is the caller's to keep.
    TargetRows plane(int index, const Rect& rect) const;

    void fill(const Rect& rect, Yuv color) const;

    /// A frame of `thickness` pixels along the inside of `rect`; all of it when it is too small.
    void border(const Rect& rect, int thickness, Yuv color) const;

    /// Fills what lies in `rect` but outside of `shape`, which is `rect`'s size.
    void fillAround(const RoundedShape& shape, const Rect& rect, Yuv color) const;

    /// Copies `rect` from the same place of another canvas.
    void copy(const Canvas& from, const Rect& rect) const;

    /// Copies from the same place of another canvas what `shape`, which is `rect`'s size, does not wholly cover.
    void copyAround(const RoundedShape& shape, const Canvas& from, const Rect& rect) const;

    /// Lets the same place of `below` show where `shape`, which is `rect`'s size, does not cover this canvas.
    void mix(const RoundedShape& shape, const Canvas& below, const Rect& rect) const;

    /// Puts `overlay` with its upper left corner at (x, y), both even, showing only what lies in `clip`.
    void blend(const Overlay& overlay, int x, int y, const Rect& clip) const;

    /// The same, made more transparent: opacity 255 changes nothing.
    void blend(const PlacedOverlay& placed) const;

    /// Darkens towards black: level 256 changes nothing, 0 is black.
    void fade(const Rect& rect, int level) const;

    /// Brings samples of another colour system to BT.709 limited range.
    void convert(const Rect& rect, const ColorConversion& conversion) const;

private:
    template <typename Row>
    void forPartialRows(const RoundedShape& shape, const Rect& rect, Row row) const;

    // Borrowed
    const PixelKernels& kernels_;
    std::array<std::uint8_t*, 3> data_;

    // State
    Size size_;
    Rect clip_;
    std::array<int, 3> strides_{};
};

/// What two rectangles have in common; empty when nothing.
Rect intersection(const Rect& a, const Rect& b);

}  // namespace tessera
