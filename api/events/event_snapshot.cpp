#include "api/events/event_snapshot.h"

namespace tessera {
namespace {

/// Beyond this a client reads the lists of the API.
constexpr int kMostObjects = 2000;

class Opening {
public:
    Opening(const std::string& node, const EventFilter& filter, std::uint64_t seq)
        : node_(node), filter_(filter), seq_(seq), timeMs_(wallClockMs()) {}

    void mark(const std::string& type, Json data) {
        append({.type = type, .meeting = filter_.meeting, .actor = {}, .data = std::move(data)});
    }

    bool wants(std::string_view type) const { return filter_.wantsType(type); }

    void add(const std::string& type, const std::string& meeting, Json data) {
        if (!wants(type)) return;
        if (objects_++ < kMostObjects) append({.type = type, .meeting = meeting, .actor = {}, .data = std::move(data)});
    }
    template <typename List>
    void addAll(const std::string& type, const std::string& meeting, const List& list) {
        if (!list) return;
        for (const auto& each : *list) add(type, meeting, toJson(each));
    }
    bool isTruncated() const { return objects_ > kMostObjects; }
    std::string take() { return std::move(text_); }

    void append(const EventDraft& draft) {
        text_ += "event: " + draft.type + "\ndata: " + toText(eventJson(seq_, node_, timeMs_, draft)) + "\n\n";
    }
    void resumeFromHere() { text_ += "id: " + std::to_string(seq_) + "\n"; }

private:
    const std::string& node_;
    const EventFilter& filter_;
    const std::uint64_t seq_;
    const std::int64_t timeMs_;
    int objects_ = 0;
    std::string text_;
};

void addMeeting(Opening& snapshot, const MeetingEntry& entry) {
    const auto meeting = entry.meeting();
    if (!meeting) return;
    const auto id = meeting->id().toString();
    if (snapshot.wants("meeting.snapshot")) {
        const auto info = meeting->info();
        snapshot.add("meeting.snapshot", id, toJson(entry.document(), info ? &*info : nullptr));
    }
    if (snapshot.wants("participant.snapshot")) snapshot.addAll("participant.snapshot", id, meeting->participants());
    if (snapshot.wants("source.snapshot")) snapshot.addAll("source.snapshot", id, meeting->sources());
    if (snapshot.wants("output.snapshot")) snapshot.addAll("output.snapshot", id, meeting->outputs());
}

}  // namespace

std::string snapshotText(const Services& services, const EventFilter& filter, std::uint64_t seq) {
    Opening snapshot(services.events.node(), filter, seq);
    snapshot.mark("snapshot.begin", {{"seq", seq}});
    for (const auto& entry : services.meetings.list()) {
        const auto document = entry->document();
        const bool isWanted = filter.meeting.empty() || filter.meeting == document.id.toString();
        if (isWanted && document.state == MeetingState::Live) addMeeting(snapshot, *entry);
    }
    snapshot.resumeFromHere();
    snapshot.mark("snapshot.end", {{"seq", seq}, {"truncated", snapshot.isTruncated()}});
    return snapshot.take();
}

}  // namespace tessera
