#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

namespace tessera {

/// How much of each sample near a corner lies inside a rounded rectangle: 0 to 255. All corners are mirror images.
///
/// Luma sample (i, j) of the upper left corner, with s = floor(2^7 * sqrt((2(r-i)-1)^2 + (2(r-j)-1)^2)):
///   clamp((255 * (256*r + 128 - s) + 128) >> 8)
/// which falls from 255 to 0 while the distance from the circle's centre grows from r - 1/2 to r + 1/2. A chroma sample
/// has the rounded mean of the four luma samples it belongs to.
struct CornerCoverage {
    /// One plane's square of `size` x `size` samples.
    struct Square {
        int size = 0;
        std::vector<std::uint8_t> left;   ///< rows of the upper left corner from the top
        std::vector<std::uint8_t> right;  ///< rows of the upper right corner from the top
        std::vector<int> partial;         ///< by row: samples from the outer edge on of which some are below 255
    };
    Square luma;
    Square chroma;
};

/// @param radius  luma samples, even, from 2
/// @thread any
CornerCoverage buildCornerCoverage(int radius);

/// Keeps the coverage of every radius that was asked for. @thread of its owner
class CornerCoverageCache {
public:
    const CornerCoverage& find(int radius);

private:
    // State
    std::map<int, CornerCoverage> entries_;
};

/// A rectangle with rounded corners, of one opacity: coverage by plane and row.
class RoundedShape {
public:
    /// @param corner   null for square corners
    /// @param opacity  0 to 255
    /// @param size     pixels, even, both at least twice the radius
    RoundedShape(const CornerCoverage* corner, int opacity, int width, int height);

    /// Samples of one row that are not wholly covered: [0, left) and [width - right, width).
    struct Partial {
        int left = 0;
        int right = 0;
    };

    /// @param row  of the plane's rectangle, from the top
    Partial partial(int plane, int row) const;

    /// Rows [begin, end) of the plane's rectangle have no partial samples.
    struct WholeRows {
        int begin = 0;
        int end = 0;
    };
    WholeRows wholeRows(int plane) const;

    /// The coverage of `count` samples of a row from column `begin` on.
    /// @param room  for `count` samples, used or not
    const std::uint8_t* coverage(int plane, int row, int begin, int count, std::uint8_t* room) const;

private:
    const CornerCoverage::Square* squareAt(int plane, int row, int& squareRow) const;

    // Borrowed
    const CornerCoverage* corner_;
    // State
    int opacity_;
    int width_;
    int height_;
};

}  // namespace tessera
