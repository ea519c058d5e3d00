#include "mcu/scene/layouts/selection.h"

#include <algorithm>
#include <climits>

namespace tessera {

namespace {

/// Lower is more important.
int importance(const LayoutSource& source, ScreenRank screens) {
    if (source.spotlight) return 0;
    if (source.pinned) return 1;
    if (source.isScreen && screens == ScreenRank::BeforeSpeakers) return 2;
    return source.speakerRank >= 0 && source.speakerRank < INT_MAX - 3 ? 3 + source.speakerRank : INT_MAX - 1;
}

}  // namespace

int lead(std::span<const LayoutSource> sources, ScreenRank screens, int except) {
    int best = -1;
    int bestImportance = INT_MAX;
    for (int i = 0; i < static_cast<int>(sources.size()); ++i) {
        const LayoutSource& source = sources[static_cast<std::size_t>(i)];
        if (i == except || (screens == ScreenRank::Only && !source.isScreen)) continue;
        if (const int value = importance(source, screens); value < bestImportance) {
            best = i;
            bestImportance = value;
        }
    }
    return best;
}

Selection choose(std::span<const LayoutSource> sources, int limit, int except) {
    Selection chosen;
    const int room = std::clamp(limit, 0, kMaximumTiles);
    const auto begin = chosen.indices.begin();
    const auto moreImportant = [&](int left, int right) {
        return importance(sources[static_cast<std::size_t>(left)], ScreenRank::BeforeSpeakers) <
               importance(sources[static_cast<std::size_t>(right)], ScreenRank::BeforeSpeakers);
    };
    for (int i = 0; i < static_cast<int>(sources.size()); ++i) {
        if (i == except || room == 0) continue;
        const auto place = std::upper_bound(begin, begin + chosen.count, i, moreImportant);
        if (place == begin + room) continue;
        chosen.count = std::min(chosen.count + 1, room);
        std::move_backward(place, begin + chosen.count - 1, begin + chosen.count);
        *place = i;
    }
    std::sort(begin, begin + chosen.count);
    return chosen;
}

}  // namespace tessera
