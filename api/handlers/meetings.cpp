#include "api/handlers/handlers.h"
#include "api/meeting_defaults.h"

namespace tessera::handlers {

namespace {

Json describe(const MeetingEntryPtr& entry) {
    const auto document = entry->document();
    const auto meeting = entry->meeting();
    if (!meeting) return toJson(document, nullptr);
    const auto info = meeting->info();
    return toJson(document, info ? &*info : nullptr);
}

MeetingDocument newDocument(const Config& config) {
    MeetingDocument document;
    document.settings = defaultMeetingSettings(config);
    return document;
}

Result<HttpResponse> setLocked(Call& call, bool locked) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    if (call.dryRun) return objectResponse(describe(*entry));
    const auto applied = (*meeting)->update({.locked = locked});
    if (!applied) return applied.error();
    (*entry)->modify([&](MeetingDocument& document) { document.settings.locked = locked; });
    TESSERA_TRY(call.services.meetings.save(*entry));
    return objectResponse(withApplied(describe(*entry), *applied));
}

}  // namespace

Result<HttpResponse> listMeetings(Call& call) {
    std::vector<Json> items;
    for (const auto& entry : call.services.meetings.list()) items.push_back(describe(entry));
    return listResponse(call, std::move(items));
}

Result<HttpResponse> createMeeting(Call& call) {
    const auto body = call.body();
    if (!body) return body.error();
    auto document = newDocument(call.services.config);
    TESSERA_TRY(readMeeting(*body, document));
    TESSERA_TRY(Meeting::validate(document.settings));
    TESSERA_TRY(call.services.meetings.canAdd(document));
    if (call.dryRun) {
        auto would = toJson(document, nullptr);
        if (document.id.isEmpty()) would["id"] = nullptr;
        return jsonResponse(200, would);
    }
    const auto entry = call.services.meetings.add(document);
    if (!entry) return entry.error();
    // Without a time it begins with the first who joins or is added.
    return createdResponse("/v1/meetings/" + (*entry)->document().id.toString(), describe(*entry));
}

Result<HttpResponse> getMeeting(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    return objectResponse(describe(*entry));
}

Result<HttpResponse> updateMeeting(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    const auto body = call.body();
    if (!body) return body.error();
    auto document = (*entry)->document();
    const auto before = document.settings.scene;
    MeetingPatch patch;
    TESSERA_TRY(readMeetingPatch(*body, document, patch));
    TESSERA_TRY(Meeting::validate(document.settings));
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    if (call.dryRun) return objectResponse(toJson(document, nullptr));
    auto applied = (*meeting)->update(patch);
    if (applied && document.settings.scene != before) {
        applied = (*meeting)->updateView(ViewId::fromString("main").value(), {.scene = document.settings.scene});
    }
    if (!applied) return applied.error();
    (*entry)->modify([&](MeetingDocument& kept) {
        document.state = kept.state;
        document.startedAtMs = kept.startedAtMs;
        document.endedAtMs = kept.endedAtMs;
        kept = document;
    });
    TESSERA_TRY(call.services.meetings.save(*entry));
    return objectResponse(withApplied(describe(*entry), *applied));
}

Result<HttpResponse> deleteMeeting(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    if (call.dryRun) return objectResponse(describe(*entry));
    TESSERA_TRY(call.services.meetings.remove(call.param("meeting")));
    return noContent();
}

Result<HttpResponse> startMeeting(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    if (call.dryRun && (*entry)->document().state != MeetingState::Scheduled) {
        return conflict("the meeting is live, or has ended");
    }
    if (!call.dryRun) TESSERA_TRY(call.services.meetings.start(*entry));
    return objectResponse(describe(*entry));
}

Result<HttpResponse> endMeeting(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    if (const auto meeting = call.meeting(); !meeting) return meeting.error();
    if (!call.dryRun) TESSERA_TRY(call.services.meetings.end(*entry));
    return objectResponse(describe(*entry));
}

Result<HttpResponse> lockMeeting(Call& call) {
    return setLocked(call, true);
}
Result<HttpResponse> unlockMeeting(Call& call) {
    return setLocked(call, false);
}

Result<HttpResponse> muteAll(Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    if (call.dryRun) return jsonResponse(200, Json::object());
    const auto applied = (*meeting)->muteAll();
    if (!applied) return applied.error();
    return jsonResponse(200, withApplied(Json::object(), *applied));
}

Result<HttpResponse> getStats(Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto stats = (*meeting)->stats();
    if (!stats) return stats.error();
    auto json = toJson(*stats);
    json["sources"] = Json::array();
    json["outputs"] = Json::array();
    if (const auto sources = (*meeting)->sources()) {
        for (const auto& source : *sources) json["sources"].push_back(toJson(source));
    }
    if (const auto outputs = (*meeting)->outputs()) {
        for (const auto& output : *outputs) json["outputs"].push_back(toJson(output));
    }
    return jsonResponse(200, json);
}

}  // namespace tessera::handlers
