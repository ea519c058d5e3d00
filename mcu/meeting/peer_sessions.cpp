#include "mcu/meeting/peer_sessions.h"

#include <utility>

namespace tessera {
namespace {

constexpr Duration kAnswerDeadline = std::chrono::seconds(3);

}  // namespace

Result<PeerSession*> PeerSessions::open(const PeerSpec& spec, PeerSession session) {
    auto peer = factory_.createPeer(spec, *this);
    if (!peer) return peer.error();
    session.id = spec.id;
    session.peer = std::move(peer).value();
    control_.postDelayed(kAnswerDeadline, [this, id = spec.id] {
        answer(id, Error{ErrorCode::Timeout, "gathering candidates took too long", {}});
    });
    return &sessions_.emplace(spec.id, std::move(session)).first->second;
}

PeerSession* PeerSessions::find(const PeerId& id) {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : &found->second;
}

std::vector<PeerSession*> PeerSessions::of(const ParticipantId& participant) {
    std::vector<PeerSession*> result;
    for (auto& [id, session] : sessions_) {
        if (session.participant == participant) result.push_back(&session);
    }
    return result;
}

std::vector<PeerSession*> PeerSessions::all() {
    std::vector<PeerSession*> result;
    for (auto& [id, session] : sessions_) result.push_back(&session);
    return result;
}

void PeerSessions::close(const PeerId& id) {
    answer(id, conflict("the peer was closed before it had an answer"));
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return;
    reaper_.retire(std::move(found->second.peer));
    sessions_.erase(found);
}

void PeerSessions::answer(const PeerId& peer, Result<std::string> sdp) {
    auto* session = find(peer);
    if (session == nullptr || !session->onAnswer) return;
    const auto reply = std::exchange(session->onAnswer, nullptr);
    const bool failed = !sdp.ok();
    const Error reason = failed ? sdp.error() : Error{};
    reply(std::move(sdp));
    if (failed) withSession(peer, [this, reason](PeerSession& failing) { listener_.onPeerClosed(failing, reason); });
}

void PeerSessions::withSession(const PeerId& peer, std::function<void(PeerSession&)> action) {
    control_.post([this, peer, action = std::move(action)] {
        if (auto* session = find(peer)) action(*session);
    });
}

void PeerSessions::onAnswer(const PeerId& peer, Result<std::string> sdp) {
    control_.post([this, peer, sdp = std::move(sdp)]() mutable { answer(peer, std::move(sdp)); });
}

void PeerSessions::onConnected(const PeerId& peer) {
    withSession(peer, [this](PeerSession& session) {
        session.connected = true;
        listener_.onPeerConnected(session);
    });
}

void PeerSessions::onSilence(const PeerId& peer, bool silent) {
    withSession(peer, [this, silent](PeerSession& session) {
        session.silent = silent;
        listener_.onPeerSilence(session);
    });
}

void PeerSessions::onKeyframeRequest(const PeerId& peer) {
    withSession(peer, [this](PeerSession& session) { listener_.onPeerKeyframeRequest(session); });
}

void PeerSessions::onClosed(const PeerId& peer, const Error& reason) {
    withSession(peer, [this, reason](PeerSession& session) { listener_.onPeerClosed(session, reason); });
}

}  // namespace tessera
