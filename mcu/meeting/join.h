#pragma once

#include <optional>
#include <string>

#include "mcu/base/ids.h"
#include "mcu/meeting/meeting_types.h"
#include "mcu/meeting/peer.h"

namespace tessera {

/// A peer that wants in.
struct JoinSpec {
    std::string identity;  ///< `sub` of the token; the same identity is the same participant
    std::string name;
    Role role = Role::Participant;
    bool maySend = true;
    bool mayReceive = true;
    bool isScreen = false;        ///< what it sends is a shared screen, beside its camera
    ViewId view;                  ///< what it receives; empty = main
    std::string offer;            ///< of WebRTC
    std::optional<RtpTerms> rtp;  ///< of plain RTP, instead of an offer
};

struct JoinReply {
    PeerId peer;
    ParticipantId participant;
    std::string answer;              ///< SDP; empty for plain RTP
    std::optional<RtpEndpoint> rtp;  ///< our end of plain RTP
};

}  // namespace tessera
