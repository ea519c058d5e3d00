#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "mcu/base/task_queue.h"
#include "mcu/meeting/audio_switch.h"
#include "mcu/meeting/meeting_types.h"
#include "mcu/meeting/peer.h"
#include "mcu/meeting/reaper.h"

namespace tessera {

/// One connection of a participant.
struct PeerSession {
    PeerId id;
    ParticipantId participant;
    ViewId view;
    bool isScreen = false;
    bool connected = false;
    bool silent = false;
    bool personalMix = false;  ///< hears the mix without its participant's voice, else the shared one
    std::shared_ptr<Peer> peer;
    std::shared_ptr<AudioSwitch> audio;                 ///< between the audio renditions and the peer
    std::shared_ptr<PacketSink> hears;                  ///< the entry of what it is to hear
    std::shared_ptr<PacketSink> heard;                  ///< the entry of what it heard before; null when that is over
    std::function<void(Result<std::string>)> onAnswer;  ///< waits for the local description; empty once called
};

/// What happens to a session, told on the control thread.
class PeerSessionListener {
public:
    virtual ~PeerSessionListener() = default;
    virtual void onPeerConnected(PeerSession& session) = 0;
    virtual void onPeerSilence(PeerSession& session) = 0;
    virtual void onPeerKeyframeRequest(PeerSession& session) = 0;
    /// The session is to be removed by the callee.
    virtual void onPeerClosed(PeerSession& session, const Error& reason) = 0;
};

/// The connections of a meeting: makes peers, brings what they tell from their event loops to control, and forgets
/// them.
/// @thread control, but for the PeerListener part
class PeerSessions final : private PeerListener {
public:
    /// @param factory, control, reaper, listener  outlive the sessions
    PeerSessions(PeerFactory& factory, TaskQueue& control, Reaper& reaper, PeerSessionListener& listener)
        : factory_(factory), control_(control), reaper_(reaper), listener_(listener) {}

    /// Starts a peer; `session.onAnswer` is called once, within three seconds.
    /// @error as PeerFactory::createPeer; nothing has been added then and `onAnswer` is not called
    Result<PeerSession*> open(const PeerSpec& spec, PeerSession session);

    PeerSession* find(const PeerId& id);
    std::vector<PeerSession*> of(const ParticipantId& participant);
    std::vector<PeerSession*> all();

    /// Forgets a session and retires its peer. An answer still waited for becomes an error.
    void close(const PeerId& id);

private:
    void onAnswer(const PeerId& peer, Result<std::string> sdp) override;
    void onConnected(const PeerId& peer) override;
    void onSilence(const PeerId& peer, bool silent) override;
    void onKeyframeRequest(const PeerId& peer) override;
    void onClosed(const PeerId& peer, const Error& reason) override;

    void answer(const PeerId& peer, Result<std::string> sdp);
    void withSession(const PeerId& peer, std::function<void(PeerSession&)> action);

    // Borrowed
    PeerFactory& factory_;
    TaskQueue& control_;
    Reaper& reaper_;
    PeerSessionListener& listener_;
    // Owned
    std::map<PeerId, PeerSession> sessions_;
};

}  // namespace tessera
