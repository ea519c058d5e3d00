#include "api/meeting_registry.h"

#include <algorithm>

#include "mcu/base/log.h"

#include "api/timestamp.h"

namespace tessera {

namespace {

/// How often scheduled times and outputs that ended on their own are looked at.
constexpr Duration kKeepTimePeriod = std::chrono::seconds(1);
constexpr Duration kSaveDeadline = std::chrono::seconds(3);

MeetingRecord toRecord(const MeetingDocument& document) {
    MeetingRecord record;
    record.id = document.id;
    record.state = document.state;
    record.settings = toText(settingsToJson(document));
    record.createdAtMs = document.createdAtMs;
    record.startedAtMs = document.startedAtMs;
    record.endedAtMs = document.endedAtMs;
    return record;
}

Result<MeetingDocument> fromRecord(const MeetingRecord& record, const MeetingSettings& defaults) {
    MeetingDocument document;
    document.settings = defaults;
    const auto settings = parseJsonObject(record.settings);
    if (!settings.ok()) return settings.error();
    TESSERA_TRY(readMeeting(*settings, document));
    document.id = record.id;
    document.state = record.state == MeetingState::Live ? MeetingState::Scheduled : record.state;
    document.createdAtMs = record.createdAtMs;
    document.startedAtMs = document.state == MeetingState::Ended ? record.startedAtMs : 0;
    document.endedAtMs = record.endedAtMs;
    return document;
}

}  // namespace

Result<std::unique_ptr<MeetingRegistry>> MeetingRegistry::create(const MeetingRegistryParts& parts) {
    std::unique_ptr<MeetingRegistry> registry(new MeetingRegistry(parts));
    TESSERA_TRY(registry->load());
    registry->scheduleKeepTime();
    return registry;
}

Status MeetingRegistry::load() {
    PageRequest page{200, {}};
    for (;;) {
        const auto records = parts_.store.meetings(page);
        if (!records.ok()) return records.error();
        for (const MeetingRecord& record : records->items) {
            const auto document = fromRecord(record, parts_.defaults);
            if (document.ok()) {
                insert(*document);
            } else {
                log(LogLevel::Warning, "api", "a stored meeting is not understood and left alone",
                    {{"meeting", record.id.toString()}, {"reason", document.error().message}});
            }
        }
        if (!records->nextCursor) return kOk;
        page.cursor = *records->nextCursor;
    }
}

MeetingEntryPtr MeetingRegistry::insert(MeetingDocument document) {
    std::shared_ptr<Meeting> meeting;
    if (document.state != MeetingState::Ended) {
        meeting = Meeting::create(document.id, document.settings, parts_.media, parts_.peers, parts_.clock, *this);
    }
    auto entry = std::make_shared<MeetingEntry>(document, std::move(meeting));
    Lock lock(mutex_);
    return entries_.try_emplace(document.id.toString(), std::move(entry)).first->second;
}

Status MeetingRegistry::canAdd(const MeetingDocument& document) const {
    const auto entries = list();
    const auto open = std::count_if(entries.begin(), entries.end(), [](const MeetingEntryPtr& entry) {
        return entry->document().state != MeetingState::Ended;
    });
    if (open >= parts_.maxMeetings) {
        return Error{ErrorCode::Capacity, "this server holds " + std::to_string(open) + " meetings already", {}};
    }
    if (find(document.id.toString()).ok()) return conflict("there is a meeting " + document.id.toString() + " already");
    return kOk;
}

Result<MeetingEntryPtr> MeetingRegistry::add(MeetingDocument document) {
    if (document.id.isEmpty()) document.id = MeetingId::create();
    TESSERA_TRY(canAdd(document));
    document.createdAtMs = wallClockMs();
    const MeetingEntryPtr entry = insert(document);
    if (entry->document().createdAtMs != document.createdAtMs) {
        return conflict("there is a meeting " + document.id.toString() + " already");
    }
    if (auto saved = save(entry); !saved.ok()) {
        Lock lock(mutex_);
        entries_.erase(document.id.toString());
        return saved.error();
    }
    tell("meeting.created", document);
    return entry;
}

Result<MeetingEntryPtr> MeetingRegistry::find(const std::string& id) const {
    Lock lock(mutex_);
    const auto it = entries_.find(id);
    if (it == entries_.end()) return notFound("there is no such meeting");
    return it->second;
}

std::vector<MeetingEntryPtr> MeetingRegistry::list() const {
    std::vector<std::pair<std::int64_t, MeetingEntryPtr>> dated;
    {
        Lock lock(mutex_);
        for (const auto& [id, entry] : entries_) dated.emplace_back(0, entry);
    }
    for (auto& [createdAt, entry] : dated) createdAt = entry->document().createdAtMs;
    std::stable_sort(dated.begin(), dated.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<MeetingEntryPtr> entries;
    for (auto& [createdAt, entry] : dated) entries.push_back(std::move(entry));
    return entries;
}

Status MeetingRegistry::start(const MeetingEntryPtr& entry) {
    const auto meeting = entry->meeting();
    if (!meeting) return conflict("the meeting has ended");
    TESSERA_TRY(meeting->start());
    entry->modify([](MeetingDocument& document) {
        document.state = MeetingState::Live;
        document.startedAtMs = wallClockMs();
    });
    recordIfAsked(*entry, *meeting);
    return save(entry);
}

void MeetingRegistry::recordIfAsked(const MeetingEntry& entry, Meeting& meeting) {
    if (!entry.document().settings.recordOnStart) return;
    const auto output = parts_.outputs.start(meeting, OutputSpec{});
    if (output.ok()) return;
    log(LogLevel::Error, "recording", "the recording asked for at the start did not begin",
        {{"meeting", meeting.id().toString()}, {"reason", output.error().message}});
}

Status MeetingRegistry::end(const MeetingEntryPtr& entry) {
    const auto meeting = entry->release();
    if (!meeting) return conflict("the meeting has ended already");
    finish(*entry, *meeting);
    entry->modify([](MeetingDocument& document) {
        document.state = MeetingState::Ended;
        document.endedAtMs = wallClockMs();
    });
    return save(entry);
}

void MeetingRegistry::finish(const MeetingEntry& entry, Meeting& meeting) {
    if (entry.document().state != MeetingState::Live) return;
    parts_.outputs.stopAll(meeting);
    const auto ended = meeting.end();
    if (ended.ok()) return;
    log(LogLevel::Warning, "api", "a meeting did not end in order",
        {{"meeting", meeting.id().toString()}, {"reason", ended.error().message}});
}

Status MeetingRegistry::remove(const std::string& id) {
    const auto entry = find(id);
    if (!entry.ok()) return entry.error();
    if ((*entry)->meeting()) (void)end(*entry).ok();
    {
        Lock lock(mutex_);
        entries_.erase(id);
    }
    Store& store = parts_.store;
    const MeetingId meeting = (*entry)->document().id;
    // Behind saves of the same meeting that are still waiting.
    return saver_.call(kSaveDeadline, [&store, meeting] { return store.deleteMeeting(meeting); });
}

Status MeetingRegistry::save(const MeetingEntryPtr& entry) {
    Store& store = parts_.store;
    return saver_.call(kSaveDeadline, [&store, entry] { return store.saveMeeting(toRecord(entry->document())); });
}

void MeetingRegistry::scheduleKeepTime() {
    keeper_.postDelayed(kKeepTimePeriod, [this] {
        keepTime();
        scheduleKeepTime();
    });
}

void MeetingRegistry::keepTime() {
    const std::int64_t now = wallClockMs();
    for (const MeetingEntryPtr& entry : list()) {
        const MeetingDocument document = entry->document();
        const auto meeting = entry->meeting();
        if (!meeting) continue;
        if (document.state == MeetingState::Live) parts_.outputs.stopEnded(*meeting);
        const bool due = document.startsAtMs != 0 && document.startsAtMs <= now;
        const bool over = document.endsAtMs != 0 && document.endsAtMs <= now;
        if (over) (void)end(entry).ok();
        if (!over && due && document.state == MeetingState::Scheduled) (void)start(entry).ok();
    }
}

void MeetingRegistry::stop() {
    keeper_.stop();
    for (const MeetingEntryPtr& entry : list()) {
        if (const auto meeting = entry->release()) finish(*entry, *meeting);
    }
    saver_.stop();
    Lock lock(mutex_);
    entries_.clear();
}

void MeetingRegistry::tell(std::string_view type, const MeetingDocument& document) {
    if (parts_.events == nullptr) return;
    parts_.events->publish({.type = std::string(type),
                            .meeting = document.id.toString(),
                            .actor = {},
                            .data = {{"name", document.settings.name}}});
}

void MeetingRegistry::onEvent(const MeetingEvent& event) {
    events_.add();
    // A recording's manifest tells what was seen and heard, not where else it went.
    if (!event.type.starts_with("output.")) parts_.store.noteEvent(event);
    if (parts_.events != nullptr) parts_.events->publish(event);
}

}  // namespace tessera
