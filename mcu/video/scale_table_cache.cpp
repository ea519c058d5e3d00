#include "mcu/video/scale_table_cache.h"

#include <algorithm>

namespace tessera {

void ScaleTableCache::startFrame() {
    while (entries_.size() > kCapacity) {
        entries_.erase(std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
            return a.second.lastFrame < b.second.lastFrame;
        }));
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
