#pragma once

#include <array>
#include <span>

#include "mcu/scene/layout.h"

namespace tessera {

/// Indices of sources that a layout shows; on the stack, so that a tick does not allocate.
struct Selection {
    std::array<int, kMaximumTiles> indices{};
    int count = 0;
    std::span<const int> span() const { return {indices.data(), static_cast<std::size_t>(count)}; }
};

/// Where a shared screen stands among those who compete for a place.
enum class ScreenRank {
    LikeAnyone,      ///< only spotlight, pin and speech count
    BeforeSpeakers,  ///< after spotlights and pins, before the active speaker
    Only,            ///< nothing but screens is considered
};

/// The most important source: a spotlight, else a pin, else the last to speak, else the first in stage order.
///
/// @param except  index of a source that is not considered, -1 = none
/// @return        an index, -1 = there is none
int lead(std::span<const LayoutSource> sources, ScreenRank screens, int except = -1);

/// The `limit` most important sources in stage order: who speaks decides who is seen where not everyone fits, and never
/// moves those who are. Shared screens stay before speakers.
///
/// @param limit   at most kMaximumTiles
/// @param except  index of a source that is not considered, -1 = none
Selection choose(std::span<const LayoutSource> sources, int limit, int except = -1);

}  // namespace tessera
