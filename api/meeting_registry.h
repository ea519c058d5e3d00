#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/base/task_queue.h"
#include "mcu/meeting/meeting.h"

#include "api/events/event_log.h"
#include "api/json_meeting.h"
#include "api/outputs.h"
#include "api/store/store.h"

namespace tessera {

/// One meeting as the API knows it: its document, and the running Meeting until it has ended.
class MeetingEntry {
public:
    MeetingEntry(MeetingDocument document, std::shared_ptr<Meeting> meeting)
        : document_(std::move(document)), meeting_(std::move(meeting)) {}

    MeetingDocument document() const EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return document_;
    }
    /// Null when it has ended. Held only for the length of one call.
    std::shared_ptr<Meeting> meeting() const EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return meeting_;
    }
    /// @param change  pure; must not call the meeting
    void modify(const std::function<void(MeetingDocument&)>& change) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        change(document_);
    }
    /// Takes the meeting out; the first caller gets it, later ones null.
    std::shared_ptr<Meeting> release() EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return std::exchange(meeting_, nullptr);
    }

private:
    mutable Mutex mutex_;
    MeetingDocument document_ GUARDED_BY(mutex_);
    std::shared_ptr<Meeting> meeting_ GUARDED_BY(mutex_);
};

using MeetingEntryPtr = std::shared_ptr<MeetingEntry>;

/// What the registry is made of; everything outlives it.
struct MeetingRegistryParts {
    Store& store;
    Outputs& outputs;
    MediaFactory& media;
    PeerFactory& peers;
    const Clock& clock;
    int maxMeetings = 50;      ///< that have not ended
    MeetingSettings defaults;  ///< of a new meeting, and of what a stored one does not say
    EventLog* events = nullptr;
};

/// All meetings by id. Saves every change of a document, starts and ends meetings at their times.
/// @thread any but meetings' own; start, end and remove may take as long as those of Meeting
class MeetingRegistry final : public MeetingListener {
public:
    /// Loads what the store has: meetings that were live begin again as scheduled.
    static Result<std::unique_ptr<MeetingRegistry>> create(const MeetingRegistryParts& parts);
    ~MeetingRegistry() override { stop(); }

    /// @param document  an empty id is replaced by a new one
    /// @error conflict: the id is taken; capacity
    Result<MeetingEntryPtr> add(MeetingDocument document);
    Result<MeetingEntryPtr> find(const std::string& id) const EXCLUDES(mutex_);  ///< @error not_found
    std::vector<MeetingEntryPtr> list() const EXCLUDES(mutex_);                  ///< oldest first
    Status canAdd(const MeetingDocument& document) const EXCLUDES(mutex_);

    /// @error conflict: live or ended
    Status start(const MeetingEntryPtr& entry);
    /// @error conflict: already ended
    Status end(const MeetingEntryPtr& entry);
    /// Ends it when it is live, and forgets it. Its recordings stay.
    Status remove(const std::string& id) EXCLUDES(mutex_);
    /// Writes the entry's newest document.
    Status save(const MeetingEntryPtr& entry);

    /// Finishes every recording and drops the meetings; documents stay as they are. May be called twice.
    void stop();

    void onEvent(const MeetingEvent& event) override;
    void onScore(const MeetingId& meeting, const MeetingScorePtr& score) override {
        parts_.store.noteScore(meeting, score);
    }
    void onSpeakers(const MeetingId& meeting, const SpeakerOrder& order) override {
        parts_.store.noteSpeakers(meeting, order);
    }
    std::uint64_t events() const { return events_.value(); }

private:
    explicit MeetingRegistry(const MeetingRegistryParts& parts)
        : parts_(parts), saver_("registry-save"), keeper_("registry-time") {}
    Status load();
    MeetingEntryPtr insert(MeetingDocument document);
    void finish(const MeetingEntry& entry, Meeting& meeting);
    void recordIfAsked(const MeetingEntry& entry, Meeting& meeting);
    void keepTime();
    void scheduleKeepTime();
    void tell(std::string_view type, const MeetingDocument& document);

    // Borrowed
    MeetingRegistryParts parts_;
    // State
    mutable Mutex mutex_;
    std::map<std::string, MeetingEntryPtr> entries_ GUARDED_BY(mutex_);
    Counter events_;
    TaskQueue saver_;   ///< writes documents, in the order of their changes
    TaskQueue keeper_;  ///< looks at the clock
};

}  // namespace tessera
