#pragma once

#include <span>
#include <vector>

#include "mcu/scene/composition.h"

namespace tessera {

/// Finds the part of the canvas that no layer covers wholly: what is not opaque, and the squares around rounded
/// corners, count as uncovered.
/// @thread of its owner; allocates only while layers grow in number
class Background {
public:
    /// @return rectangles that do not overlap and cover exactly the rest; valid until the next call
    std::span<const Rect> uncovered(Size canvas, std::span<const Layer> layers);

private:
    void takeCovered(std::span<const Layer> layers);
    void addGaps(int top, int bottom, int width);

    struct Span {
        int left = 0;
        int right = 0;
        auto operator<=>(const Span&) const = default;
    };

    // State
    std::vector<Rect> covered_;
    std::vector<int> edges_;
    std::vector<Span> spans_;
    std::vector<Rect> gaps_;
};

}  // namespace tessera
