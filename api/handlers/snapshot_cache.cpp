#include "api/handlers/snapshot_cache.h"

namespace tessera {

std::shared_ptr<SnapshotCache::Entry> SnapshotCache::entryOf(const std::shared_ptr<Meeting>& meeting,
                                                             const std::string& what) {
    Lock lock(mutex_);
    const MonotonicTime now = clock_.now();
    std::erase_if(entries_, [now](const auto& each) { return now - each.second.first > 2 * kLife; });
    auto& [usedAt, entry] = entries_[{meeting.get(), what}];
    usedAt = now;
    // Another meeting may have come to lie where one was.
    if (!entry || entry->meeting.lock() != meeting) {
        entry = std::make_shared<Entry>();
        entry->meeting = meeting;
    }
    return entry;
}

Result<SnapshotCache::File> SnapshotCache::get(const std::shared_ptr<Meeting>& meeting, const std::string& what,
                                               const std::function<Result<File>()>& make) {
    const auto entry = entryOf(meeting, what);
    Lock lock(entry->mutex);
    const MonotonicTime now = clock_.now();
    if (entry->file && now - entry->madeAt < kLife) return entry->file;
    auto made = make();
    if (!made) return made;
    entry->file = *made;
    entry->madeAt = now;
    return made;
}

}  // namespace tessera
