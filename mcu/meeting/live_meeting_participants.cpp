// Participants: the part of LiveMeeting that lists and changes people.

#include <algorithm>

#include "mcu/meeting/live_meeting.h"

namespace tessera {
namespace {

constexpr double kMinimumGainDb = -60;
constexpr double kMaximumGainDb = 20;
constexpr std::size_t kMaximumName = 256;  // bytes

Error noParticipant(const ParticipantId& id) {
    return notFound("there is no participant " + id.toString());
}

Status validatePatch(const ParticipantPatch& patch) {
    if (patch.gainDb && !(*patch.gainDb >= kMinimumGainDb && *patch.gainDb <= kMaximumGainDb)) {
        return invalidArgument("gain_db must be from -60 to 20", "gain_db");
    }
    if (patch.name && (patch.name->empty() || patch.name->size() > kMaximumName)) {
        return invalidArgument("name must have 1 to 256 bytes", "name");
    }
    return kOk;
}

}  // namespace

ParticipantInfo LiveMeeting::describe(const Participant& participant) {
    auto info = roster_.describe(participant);
    for (const auto* session : sessions_.of(participant.id)) {
        const auto& media = session->peer->media();
        if (const auto rtp = session->peer->rtpEndpoint()) info.rtp = rtp;
        info.receives = info.receives || (session->connected && (media.receivesAudio || media.receivesVideo));
    }
    return info;
}

Result<std::vector<ParticipantInfo>> LiveMeeting::participants() {
    return onControl([this]() -> Result<std::vector<ParticipantInfo>> {
        std::vector<ParticipantInfo> result;
        for (const auto& participant : roster_.participants()) result.push_back(describe(*participant));
        return result;
    });
}

Result<ParticipantInfo> LiveMeeting::participant(const ParticipantId& id) {
    return onControl([this, id]() -> Result<ParticipantInfo> {
        const auto* participant = roster_.find(id);
        if (participant == nullptr) return noParticipant(id);
        return describe(*participant);
    });
}

Result<Applied> LiveMeeting::updateParticipant(const ParticipantId& id, const ParticipantPatch& patch) {
    return onControl([this, id, patch]() -> Result<Applied> {
        auto* participant = roster_.find(id);
        if (participant == nullptr) return noParticipant(id);
        TESSERA_TRY(validatePatch(patch));
        if (patch.audioMuted) participant->audioMuted = *patch.audioMuted;
        if (patch.videoMuted) participant->videoMuted = *patch.videoMuted;
        if (patch.pinned) participant->pinned = *patch.pinned;
        if (patch.spotlight) participant->spotlight = *patch.spotlight;
        if (patch.gainDb) participant->gainDb = *patch.gainDb;
        if (patch.handRaised && *patch.handRaised != participant->handRaised) {
            participant->handRaised = *patch.handRaised;
            emit(participant->handRaised ? "hand.raised" : "hand.lowered", id.toString());
        }
        if (patch.recordingConsent && patch.recordingConsent != participant->recordingConsent) {
            participant->recordingConsent = patch.recordingConsent;
            emit("participant.consent", id.toString(), *patch.recordingConsent ? "given" : "withheld");
        }
        if (patch.name && *patch.name != participant->name) {
            participant->name = *patch.name;
            for (const auto& source : roster_.sources()) {
                if (source->participant != id) continue;
                source->name = participant->name;
                rasterizeName(*source, factory_.textRasterizer());
            }
        }
        emit("participant.updated", id.toString(), participant->name);
        return publish();
    });
}

Result<Applied> LiveMeeting::removeParticipant(const ParticipantId& id) {
    return onControl([this, id]() -> Result<Applied> {
        const auto* participant = roster_.find(id);
        if (participant == nullptr) return noParticipant(id);
        for (auto* session : sessions_.of(id)) dropPeer(*session);
        return publish();
    });
}

Result<Applied> LiveMeeting::muteAll() {
    return onControl([this]() -> Result<Applied> {
        TESSERA_TRY(requireLive());
        for (const auto& participant : roster_.participants()) participant->audioMuted = true;
        return publish();
    });
}

Status LiveMeeting::requestKeyframe(const ParticipantId& id) {
    return onControl([this, id]() -> Status {
        if (roster_.find(id) == nullptr) return noParticipant(id);
        for (const auto& source : roster_.sources()) {
            if (source->participant != id) continue;
            if (auto* session = sessions_.find(source->peer)) session->peer->requestKeyframe();
        }
        return kOk;
    });
}

}  // namespace tessera
