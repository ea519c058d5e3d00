#include "api/handlers/handlers.h"
#include "api/handlers/joining.h"

namespace tessera::handlers {

namespace {

struct Addressed {
    std::shared_ptr<Meeting> meeting;
    ParticipantInfo participant;
};

Result<Addressed> addressed(const Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<ParticipantId>("participant");
    if (!id) return id.error();
    auto participant = (*meeting)->participant(*id);
    if (!participant) return participant.error();
    return Addressed{*meeting, std::move(participant).value()};
}

/// Everybody may change what is theirs; the rest needs control of the meeting.
Status mayChange(const Call& call, const ParticipantInfo& participant, const ParticipantPatch& patch) {
    if (authorize(call.identity, Right::ControlMeeting, call.param("meeting"))) return kOk;
    const bool ownThings = !patch.pinned && !patch.spotlight && !patch.gainDb;
    if (participant.identity == call.identity.subject && ownThings) return kOk;
    return Error{ErrorCode::Forbidden, "only a host may change this of another participant", {}};
}

ParticipantInfo patched(ParticipantInfo would, const ParticipantPatch& patch) {
    would.name = patch.name.value_or(would.name);
    would.audioMuted = patch.audioMuted.value_or(would.audioMuted);
    would.videoMuted = patch.videoMuted.value_or(would.videoMuted);
    would.pinned = patch.pinned.value_or(would.pinned);
    would.spotlight = patch.spotlight.value_or(would.spotlight);
    would.handRaised = patch.handRaised.value_or(would.handRaised);
    if (patch.recordingConsent) would.recordingConsent = patch.recordingConsent;
    would.gainDb = patch.gainDb.value_or(would.gainDb);
    return would;
}

}  // namespace

Result<HttpResponse> listParticipants(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    const auto meeting = (*entry)->meeting();
    if (!meeting) return listResponse(call, {});  // it has ended
    const auto participants = meeting->participants();
    if (!participants) return participants.error();
    std::vector<Json> items;
    for (const auto& participant : *participants) items.push_back(toJson(participant));
    return listResponse(call, std::move(items));
}

Result<HttpResponse> addParticipant(Call& call) {
    const auto body = call.body();
    if (!body) return body.error();
    auto spec = readRtpJoin(*body);
    if (!spec) return spec.error();
    if (call.dryRun) return jsonResponse(200, *body);
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    const auto reply = joinAndWait(**meeting, std::move(spec).value());
    if (!reply) return reply.error();
    const auto added = (*meeting)->participant(reply->participant);
    if (!added) return added.error();
    call.auditDetail = reply->participant.toString();
    return createdResponse("/v1/meetings/" + call.param("meeting") + "/participants/" + added->id.toString(),
                           toJson(*added));
}

Result<HttpResponse> getParticipant(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    return objectResponse(toJson(found->participant));
}

Result<HttpResponse> updateParticipant(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    const auto body = call.body();
    if (!body) return body.error();
    const auto patch = readParticipantPatch(*body);
    if (!patch) return patch.error();
    TESSERA_TRY(mayChange(call, found->participant, *patch));
    if (call.dryRun) return objectResponse(toJson(patched(found->participant, *patch)));
    const auto applied = found->meeting->updateParticipant(found->participant.id, *patch);
    if (!applied) return applied.error();
    const auto now = found->meeting->participant(found->participant.id);
    if (!now) return now.error();
    return objectResponse(withApplied(toJson(*now), *applied));
}

Result<HttpResponse> removeParticipant(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    if (call.dryRun) return objectResponse(toJson(found->participant));
    const auto applied = found->meeting->removeParticipant(found->participant.id);
    if (!applied) return applied.error();
    return noContent();
}

Result<HttpResponse> requestKeyframe(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    if (!call.dryRun) TESSERA_TRY(found->meeting->requestKeyframe(found->participant.id));
    return jsonResponse(202, toJson(found->participant));
}

}  // namespace tessera::handlers
