#include "mcu/video/scale_table_cache.h"

#include <algorithm>

namespace tessera {

void ScaleTableCache::startFrame() {
    if (entries_.size() > kCapacity) {
        // Many go at once: while tiles change their sizes, every frame brings new tables, and each search sees them
        // all.
        constexpr std::size_t kKept = kCapacity / 4 * 3;
        ages_.clear();
        for (const auto& [key, entry] : entries_) ages_.push_back(entry.lastFrame);
        const auto oldestKept = ages_.begin() + static_cast<std::ptrdiff_t>(ages_.size() - kKept);
        std::nth_element(ages_.begin(), oldestKept, ages_.end());
        std::erase_if(entries_, [oldest = *oldestKept](const auto& each) { return each.second.lastFrame < oldest; });
    }
    ++frame_;
}

AxisScale ScaleTableCache::find(AxisMapping mapping, ScaleFilter filter) {
    AxisScale scale;
    scale.sourceLength = mapping.sourceLength;
    for (; mapping.needsHalving(); ++scale.halvings) mapping = mapping.halved();
    auto found = entries_.find({mapping, filter});
    if (found == entries_.end()) {
        found = entries_.emplace(std::pair(mapping, filter), Entry{buildScaleTable(mapping, filter), {}, 0}).first;
        ++built_;
    }
    found->second.lastFrame = frame_;
    scale.table = &found->second.table;
    scale.prepared = &found->second.prepared;
    return scale;
}

}  // namespace tessera
