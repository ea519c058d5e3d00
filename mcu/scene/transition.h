#pragma once

#include <algorithm>

#include "mcu/base/time.h"
#include "mcu/media/geometry.h"

namespace tessera {

/// How a view goes from one arrangement of its tiles to the next.
enum class TransitionKind {
    Cut,   ///< at once
    Fade,  ///< tiles that come or go are faded; one that takes another's place is crossfaded with it
    Move,  ///< tiles that stay move and grow to their new places; the others fade
};

struct SceneTransition {
    static constexpr Duration kLongest = std::chrono::seconds(5);

    TransitionKind kind = TransitionKind::Cut;
    Duration duration = std::chrono::milliseconds(300);
    auto operator<=>(const SceneTransition&) const = default;
};

/// Slow at both ends. @source the cubic Hermite step, 3t^2 - 2t^3
/// @param t  0 to 1
constexpr double easeInOut(double t) {
    return t * t * (3 - 2 * t);
}

/// The even number nearest to the point at `share` of the way from `a` to `b`, both even.
constexpr int evenBetween(int a, int b, double share) {
    const double halves = (a + (b - a) * share) / 2;
    return 2 * static_cast<int>(halves + (halves < 0 ? -0.5 : 0.5));
}

/// A rectangle on its way: its edges move, each on even pixels. At least 2x2 when both ends are.
inline Rect rectBetween(const Rect& a, const Rect& b, double share) {
    const int x = evenBetween(a.x, b.x, share), y = evenBetween(a.y, b.y, share);
    return {x, y, evenBetween(a.right(), b.right(), share) - x, evenBetween(a.bottom(), b.bottom(), share) - y};
}

}  // namespace tessera
