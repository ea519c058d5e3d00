#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "mcu/video/drawn_picture.h"

namespace tessera {

/// Finds what must be drawn so that a canvas that shows one picture shows another: only what is visible, in boxes.
///
/// A canvas is wrong where a visible part of an item came, went or changed. Whatever shows there is drawn again, in a
/// box around it; a box makes what it covers wrong in turn, so that nearer items are drawn over it, and farther ones
/// under it unless an opaque item hides them. Items that nothing of shows are not drawn at all.
/// @thread of its owner; allocates only while items and boxes grow in number
class Damage {
public:
    /// @param before  what the canvas shows; null = nothing known
    void find(Size canvas, const DrawnPicture* before, const DrawnPicture& now);

    /// Where item `index` of the picture is to be drawn: boxes inside its rectangle, even, not overlapping.
    std::span<const Rect> boxes(std::size_t index) const { return boxes_[index].boxes(); }

    /// Where the canvas is wrong; the rectangles may overlap.
    std::span<const Rect> area() const { return area_; }

private:
    /// Few boxes that do not overlap: beyond kMost they are merged.
    class BoxSet {
    public:
        /// @return what was added to the set, larger than `box` when it was merged; empty when it was covered before
        Rect add(Rect box);
        void clear() { count_ = 0; }
        std::span<const Rect> boxes() const { return {boxes_, count_}; }

    private:
        static constexpr std::size_t kMost = 16;
        Rect boxes_[kMost];
        std::size_t count_ = 0;
    };

    /// The opaque part of an item.
    struct Cover {
        Rect rect;
        std::size_t item = 0;
    };

    static void takeCovers(const DrawnPicture& picture, std::vector<Cover>& covers);
    void compare(const DrawnPicture& before, const DrawnPicture& now);
    void addVisible(const DrawnPicture& picture, std::size_t item, const std::vector<Cover>& covers);
    bool spread(const DrawnPicture& now);

    // State
    Rect canvas_;
    std::vector<Cover> covers_;  ///< of the new picture, in drawing order
    std::vector<Cover> coversBefore_;
    std::vector<bool> isKept_;  ///< items of the old picture that the new one has too
    std::vector<Rect> area_;
    std::vector<BoxSet> boxes_;
};

}  // namespace tessera
