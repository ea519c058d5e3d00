#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "mcu/scene/composition.h"

namespace tessera::conformance {

inline std::int64_t floorDiv(std::int64_t a, std::int64_t b) {
    std::int64_t q = a / b;
    if (q * b > a) --q;
    return q;
}
inline int clamp(std::int64_t v) {
    return static_cast<int>(v < 0 ? 0 : v > 255 ? 255 : v);
}

/// One plane of samples, for arithmetic without haste.
struct Grid {
    int width = 0;
    int height = 0;
    std::vector<int> samples;

    Grid(int w, int h) : width(w), height(h), samples(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
    int& at(int x, int y) {
        return samples[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
    }
    int at(int x, int y) const { return const_cast<Grid*>(this)->at(x, y); }
};

/// One axis of one plane, in the letters of docs/compositor.md.
struct Axis {
    std::int64_t length, n, d, origin;
    int target;
};

/// Sections 5 and 6 of docs/compositor.md, written down as directly as possible.
class NaiveScaler {
public:
    explicit NaiveScaler(ScaleFilter filter) : filter_(filter) {}

    /// Source sample and its weight.
    using Weights = std::vector<std::pair<int, int>>;

    /// Halves along one axis.
    static Grid halve(const Grid& in, bool columns) {
        Grid out(columns ? (in.width + 1) / 2 : in.width, columns ? in.height : (in.height + 1) / 2);
        for (int y = 0; y < out.height; ++y) {
            for (int x = 0; x < out.width; ++x) {
                const int a = columns ? in.at(2 * x, y) : in.at(x, 2 * y);
                const int b = columns ? in.at(std::min(2 * x + 1, in.width - 1), y)
                                      : in.at(x, std::min(2 * y + 1, in.height - 1));
                out.at(x, y) = (a + b + 1) >> 1;
            }
        }
        return out;
    }

    static void halve(Axis& axis) {
        axis.length = (axis.length + 1) / 2;
        axis.origin -= 2 * axis.d;
        axis.d *= 2;
    }

    Grid scale(Grid plane, Axis x, Axis y) const {
        while (x.n > 4 * x.d || y.n > 4 * y.d) {
            const bool columns = x.n > 4 * x.d, rows = y.n > 4 * y.d;
            if (rows) {
                plane = halve(plane, false);
                halve(y);
            }
            if (columns) {
                plane = halve(plane, true);
                halve(x);
            }
        }
        Grid between(plane.width, y.target);
        for (int row = 0; row < y.target; ++row) {
            const Weights weights = weigh(y, row);
            for (int column = 0; column < plane.width; ++column) {
                int sum = 64;
                for (const auto& [k, w] : weights) sum += w * plane.at(column, k);
                between.at(column, row) = clamp(sum >> 7);
            }
        }
        Grid out(x.target, y.target);
        for (int column = 0; column < x.target; ++column) {
            const Weights weights = weigh(x, column);
            for (int row = 0; row < y.target; ++row) {
                int sum = 64;
                for (const auto& [k, w] : weights) sum += w * between.at(k, row);
                out.at(column, row) = clamp(sum >> 7);
            }
        }
        return out;
    }

    std::int64_t raw(std::int64_t distance, const Axis& axis) const {
        const std::int64_t d = axis.d, m = std::max(axis.n, d), one = 65536;
        if (filter_ == ScaleFilter::Bilinear) return std::max<std::int64_t>(0, 4 * d - distance);
        if (filter_ == ScaleFilter::Area) {
            return std::max<std::int64_t>(0, std::min(distance + 2 * m, 2 * d) - std::max(distance - 2 * m, -2 * d));
        }
        const std::int64_t t = floorDiv(distance * 131072 + 4 * m, 8 * m);
        if (t < one) return 3 * t * t * t - 5 * one * t * t + 2 * one * one * one;
        if (t < 2 * one) return -t * t * t + 5 * one * t * t - 8 * one * one * t + 4 * one * one * one;
        return 0;
    }

    std::int64_t reach(const Axis& axis) const {
        const std::int64_t m = std::max(axis.n, axis.d);
        return filter_ == ScaleFilter::Bilinear ? 4 * axis.d
               : filter_ == ScaleFilter::Area   ? 2 * m + 2 * axis.d
                                                : 8 * m;
    }

    /// Weights by source sample, edges merged.
    Weights weigh(const Axis& axis, int i) const {
        const std::int64_t position = axis.origin + 4 * axis.n * i;
        const std::int64_t middle = floorDiv(position, 4 * axis.d);
        std::vector<std::pair<std::int64_t, std::int64_t>> taps;
        std::int64_t sum = 0;
        for (std::int64_t k = middle - 40; k <= middle + 40; ++k) {
            const std::int64_t distance = std::abs(position - 4 * axis.d * k);
            if (distance >= reach(axis)) continue;
            taps.emplace_back(k, raw(distance, axis));
            sum += taps.back().second;
        }
        const auto roundedUpTo = [&](std::size_t end) {
            std::int64_t partial = 0;
            for (std::size_t j = 0; j < end; ++j) partial += taps[j].second;
            return floorDiv(256 * partial + sum, 2 * sum);
        };
        std::map<int, int> merged;
        for (std::size_t j = 0; j < taps.size(); ++j) {
            const auto inside = std::clamp<std::int64_t>(taps[j].first, 0, axis.length - 1);
            merged[static_cast<int>(inside)] += static_cast<int>(roundedUpTo(j + 1) - roundedUpTo(j));
        }
        return {merged.begin(), merged.end()};
    }

    ScaleFilter filter_;
};

}  // namespace tessera::conformance
