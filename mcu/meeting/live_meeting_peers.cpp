// Joining and leaving: the part of LiveMeeting that deals with peers.

#include <utility>

#include "mcu/base/log.h"
#include "mcu/meeting/encode_defaults.h"
#include "mcu/meeting/live_meeting.h"

namespace tessera {

void LiveMeeting::join(JoinSpec spec, std::function<void(Result<JoinReply>)> reply) {
    control_.post(
        [this, spec = std::move(spec), reply = std::move(reply)]() mutable { admit(spec, std::move(reply)); });
}

void LiveMeeting::admit(const JoinSpec& spec, std::function<void(Result<JoinReply>)> reply) {
    auto seated = seat(spec);
    if (!seated) return reply(seated.error());
    const auto participant = (*seated)->id;

    PeerSpec peer{.id = PeerId::create(),
                  .offer = spec.offer,
                  .rtp = spec.rtp,
                  .maySend = spec.maySend,
                  .mayReceive = spec.mayReceive,
                  .feed = spec.maySend ? std::make_shared<SourceFeed>() : nullptr,
                  .timeline = timeline_.get(),
                  .meeting = id_.toString()};
    PeerSession session{.participant = participant,
                        .view = spec.view.isEmpty() ? ViewSet::mainId() : spec.view,
                        .isScreen = spec.isScreen};
    session.onAnswer = [this, peer = peer.id, participant, reply](Result<std::string> sdp) {
        if (!sdp) return reply(sdp.error());
        const auto* answered = sessions_.find(peer);
        reply(JoinReply{.peer = peer,
                        .participant = participant,
                        .answer = std::move(sdp).value(),
                        .rtp = answered == nullptr ? std::nullopt : answered->peer->rtpEndpoint()});
    };
    auto opened = sessions_.open(peer, std::move(session));
    if (!opened) {
        unseat(participant);
        return reply(opened.error());
    }
    const auto& media = (*opened)->peer->media();
    if (media.sendsAudio || media.sendsVideo) attachSource(**opened, peer.feed);
}

Result<Participant*> LiveMeeting::seat(const JoinSpec& spec) {
    TESSERA_TRY(requireLive());
    if (views_.find(spec.view) == nullptr) return notFound("there is no view " + spec.view.toString());
    if (auto* present = roster_.findByIdentity(spec.identity)) return present;
    if (settings_.locked) return Error{ErrorCode::Forbidden, "the meeting is locked", {}};
    if (static_cast<int>(roster_.participants().size()) >= settings_.maxParticipants) {
        return Error{ErrorCode::Capacity, "the meeting is full", {}};
    }
    return &roster_.add({.id = ParticipantId::create(),
                         .identity = spec.identity,
                         .name = spec.name.empty() ? spec.identity : spec.name,
                         .role = spec.role,
                         .number = nextParticipantNumber_++,
                         .lastTalked = isCrowded() ? MediaTime::min() : timeline_->now()});
}

/// True when not everybody who sends can be heard at a time: newcomers then begin as listeners.
bool LiveMeeting::isCrowded() const {
    return static_cast<int>(roster_.sources().size()) >= settings_.talkers;
}

void LiveMeeting::attachSource(const PeerSession& session, SourceFeedPtr feed) {
    if (auto* source = roster_.findOf(session.participant, session.isScreen)) {
        const PeerId previous = source->peer;
        roster_.replaceFeed(*source, std::move(feed), session.id);
        if (auto* replaced = sessions_.find(previous)) dropPeer(*replaced);
    } else {
        const auto* participant = roster_.find(session.participant);
        auto& added = roster_.add(Source{.id = SourceId::create(),
                                         .name = participant->name,
                                         .kind = session.peer->rtpEndpoint() ? "rtp" : "webrtc",
                                         .participant = session.participant,
                                         .isScreen = session.isScreen,
                                         .feed = std::move(feed),
                                         .loudness = factory_.createLoudnessMeter(),
                                         .peer = session.id});
        rasterizeName(added, factory_.textRasterizer());
        emit("source.up", added.id.toString(), added.name);
    }
    for (auto* each : sessions_.of(session.participant)) chooseMix(*each);
    publish();
}

void LiveMeeting::onPeerConnected(PeerSession& session) {
    auto* participant = roster_.find(session.participant);
    const bool first = participant->state == ParticipantState::Joining;
    participant->state = ParticipantState::Connected;
    if (const auto subscribed = subscribe(session); !subscribed) {
        log(LogLevel::Warning, "meeting", "a peer cannot be sent to",
            {{"peer", session.id.toString()}, {"reason", subscribed.error().message}});
    }
    publish();
    emit(first ? "participant.joined" : "participant.updated", participant->id.toString(), participant->name);
}

Status LiveMeeting::subscribe(PeerSession& session) {
    const auto& media = session.peer->media();
    if (const auto* view = views_.find(session.view); media.receivesVideo && view != nullptr) {
        const auto encode = defaultVideoEncode(*media.receivesVideo, view->spec, settings_.encode);
        TESSERA_TRY(renditions_.subscribeVideo({session.view, encode}, session.peer));
    }
    if (media.receivesAudio) {
        session.audio = std::make_shared<AudioSwitch>(session.peer);
        session.hears = session.audio->begin();
        const bool personal = prefersPersonalMix(session);
        TESSERA_TRY(renditions_.subscribeAudio(audioKey(session, personal), session.hears));
        session.personalMix = personal;
        holdBack(*roster_.find(session.participant));
    }
    return kOk;
}

bool LiveMeeting::prefersPersonalMix(const PeerSession& session) const {
    const bool speaks =
        roster_.findOf(session.participant, false) != nullptr || roster_.findOf(session.participant, true) != nullptr;
    return speaks && roster_.find(session.participant)->hasTalked(timeline_->now());
}

AudioRenditionKey LiveMeeting::audioKey(const PeerSession& session, bool personal) const {
    return {personal ? session.participant : ParticipantId(), peerAudioEncode()};
}

void LiveMeeting::chooseMix(PeerSession& session) {
    if (!session.audio) return;
    const bool personal = prefersPersonalMix(session);
    if (personal != session.personalMix) {
        settleMix(session, true);
        const auto before = audioKey(session, session.personalMix);
        auto input = session.audio->begin();
        if (!renditions_.subscribeAudio(audioKey(session, personal), input, &before)) return;
        session.heard = std::exchange(session.hears, std::move(input));
        session.personalMix = personal;
    }
    holdBack(*roster_.find(session.participant));
}

/// Ends what a listener heard before, once it hears what it is to hear, or at once.
/// @return true when that has changed what the participant hears
bool LiveMeeting::settleMix(PeerSession& session, bool atOnce) {
    if (!session.heard || !(atOnce || session.audio->isSettled())) return false;
    renditions_.unsubscribeAudio(session.heard.get());
    reaper_.retire(std::exchange(session.heard, nullptr));
    holdBack(*roster_.find(session.participant));
    return true;
}

/// Keeps the participant's voice out of the mixes while any of its connections would hear it.
void LiveMeeting::holdBack(Participant& participant) {
    participant.heldBack = false;
    for (const auto* each : sessions_.of(participant.id)) {
        const bool hearsShared = each->audio && (!each->personalMix || each->heard);
        participant.heldBack = participant.heldBack || hearsShared;
    }
}

void LiveMeeting::onPeerSilence(PeerSession& session) {
    auto* participant = roster_.find(session.participant);
    participant->state = session.silent ? ParticipantState::Reconnecting : ParticipantState::Connected;
    for (const auto& source : roster_.sources()) {
        if (source->peer != session.id) continue;
        emit(session.silent ? "source.stalled" : "source.recovered", source->id.toString());
    }
    emit("participant.updated", participant->id.toString(), std::string(toString(participant->state)));
}

void LiveMeeting::onPeerKeyframeRequest(PeerSession& session) {
    renditions_.requestKeyframe(session.peer.get());
}

void LiveMeeting::onPeerClosed(PeerSession& session, const Error& reason) {
    log(LogLevel::Info, "meeting", "peer closed", {{"peer", session.id.toString()}, {"reason", reason.message}});
    dropPeer(session);
    publish();
}

void LiveMeeting::dropPeer(PeerSession& session) {
    const PeerId peer = session.id;
    const ParticipantId participant = session.participant;
    renditions_.unsubscribe(session.peer.get());
    for (auto& input : {std::exchange(session.hears, nullptr), std::exchange(session.heard, nullptr)}) {
        if (!input) continue;
        renditions_.unsubscribeAudio(input.get());
        reaper_.retire(input);
    }
    for (const auto& source : roster_.sources()) {
        if (source->peer != peer) continue;
        const SourceId id = source->id;
        roster_.remove(id);
        emit("source.down", id.toString());
        break;
    }
    sessions_.close(peer);
    unseat(participant);
}

void LiveMeeting::unseat(const ParticipantId& id) {
    const auto* participant = roster_.find(id);
    if (participant == nullptr || !sessions_.of(id).empty()) return;
    const bool joined = participant->state != ParticipantState::Joining;
    const ParticipantId leaving = id;
    roster_.remove(leaving);
    if (joined) emit("participant.left", leaving.toString());
}

Status LiveMeeting::trickle(const PeerId& peer, const std::string& sdpFragment) {
    return onControl([this, peer, sdpFragment]() -> Status {
        auto* session = sessions_.find(peer);
        if (session == nullptr) return notFound("there is no peer " + peer.toString());
        return session->peer->addRemoteCandidates(sdpFragment);
    });
}

Status LiveMeeting::leave(const PeerId& peer) {
    return onControl([this, peer]() -> Status {
        auto* session = sessions_.find(peer);
        if (session == nullptr) return notFound("there is no peer " + peer.toString());
        dropPeer(*session);
        publish();
        return kOk;
    });
}

}  // namespace tessera
