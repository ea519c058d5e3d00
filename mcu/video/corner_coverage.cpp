#include "mcu/video/corner_coverage.h"

#include <algorithm>
#include <cstring>

#include "mcu/base/check.h"

namespace tessera {
namespace {

std::int64_t floorSquareRoot(std::int64_t value) {
    std::int64_t root = 0;
    for (std::int64_t bit = std::int64_t{1} << 30; bit > 0; bit >>= 1) {
        if ((root + bit) * (root + bit) <= value) root += bit;
    }
    return root;
}

int lumaCoverage(int radius, int i, int j) {
    const std::int64_t dx = 2 * (radius - i) - 1, dy = 2 * (radius - j) - 1;
    const std::int64_t distance = floorSquareRoot((dx * dx + dy * dy) << 14);
    const std::int64_t inside = 256 * radius + 128 - distance;
    return static_cast<int>(std::clamp<std::int64_t>((255 * inside + 128) >> 8, 0, 255));
}

template <typename Coverage>
CornerCoverage::Square square(int size, Coverage coverage) {
    CornerCoverage::Square result;
    result.size = size;
    for (int j = 0; j < size; ++j) {
        int partial = 0;
        for (int i = 0; i < size; ++i) {
            const int value = coverage(i, j);
            if (value < 255) partial = i + 1;
            result.left.push_back(static_cast<std::uint8_t>(value));
        }
        result.partial.push_back(partial);
        result.right.insert(result.right.end(), result.left.rbegin(), result.left.rbegin() + size);
    }
    return result;
}

}  // namespace

CornerCoverage buildCornerCoverage(int radius) {
    TESSERA_CHECK(radius >= 2 && radius % 2 == 0);
    const auto luma = [radius](int i, int j) { return lumaCoverage(radius, i, j); };
    const auto chroma = [&luma](int i, int j) {
        const int sum =
            luma(2 * i, 2 * j) + luma(2 * i + 1, 2 * j) + luma(2 * i, 2 * j + 1) + luma(2 * i + 1, 2 * j + 1);
        return (sum + 2) >> 2;
    };
    return {square(radius, luma), square(radius / 2, chroma)};
}

const CornerCoverage& CornerCoverageCache::find(int radius) {
    const auto found = entries_.find(radius);
    if (found != entries_.end()) return found->second;
    return entries_.emplace(radius, buildCornerCoverage(radius)).first->second;
}

RoundedShape::RoundedShape(const CornerCoverage* corner, int opacity, int width, int height)
    : corner_(corner), opacity_(opacity), width_(width), height_(height) {}

const CornerCoverage::Square* RoundedShape::squareAt(int plane, int row, int& squareRow) const {
    if (corner_ == nullptr) return nullptr;
    const CornerCoverage::Square& square = plane == 0 ? corner_->luma : corner_->chroma;
    squareRow = std::min(row, (plane == 0 ? height_ : height_ / 2) - 1 - row);
    return squareRow < square.size ? &square : nullptr;
}

RoundedShape::Partial RoundedShape::partial(int plane, int row) const {
    const int width = plane == 0 ? width_ : width_ / 2;
    if (opacity_ < 255) return {width, 0};
    int squareRow = 0;
    const auto* square = squareAt(plane, row, squareRow);
    if (square == nullptr) return {};
    const int partial = square->partial[static_cast<std::size_t>(squareRow)];
    return {partial, partial};
}

RoundedShape::WholeRows RoundedShape::wholeRows(int plane) const {
    const int height = plane == 0 ? height_ : height_ / 2;
    if (opacity_ < 255) return {height, height};
    const int size = corner_ == nullptr ? 0 : (plane == 0 ? corner_->luma : corner_->chroma).size;
    return {size, height - size};
}

const std::uint8_t* RoundedShape::coverage(int plane, int row, int begin, int count, std::uint8_t* room) const {
    int squareRow = 0;
    const auto* square = squareAt(plane, row, squareRow);
    const int width = plane == 0 ? width_ : width_ / 2, size = square == nullptr ? 0 : square->size;
    const std::ptrdiff_t offset = static_cast<std::ptrdiff_t>(squareRow) * size;
    if (opacity_ == 255 && square != nullptr && begin + count <= size) return square->left.data() + offset + begin;
    if (opacity_ == 255 && square != nullptr && begin >= width - size) {
        return square->right.data() + offset + begin - (width - size);
    }
    std::memset(room, opacity_, static_cast<std::size_t>(count));
    if (square == nullptr) return room;
    const auto put = [&](const std::vector<std::uint8_t>& samples, int left) {
        const std::uint8_t* from = samples.data() + offset;
        for (int x = std::max(left, begin); x < std::min(left + size, begin + count); ++x) {
            const int product = from[x - left] * opacity_ + 128;
            room[x - begin] = static_cast<std::uint8_t>((product + (product >> 8)) >> 8);
        }
    };
    put(square->left, 0);
    put(square->right, width - size);
    return room;
}

}  // namespace tessera
