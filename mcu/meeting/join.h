#pragma once

#include <string>

#include "mcu/base/ids.h"
#include "mcu/meeting/meeting_types.h"

namespace tessera {

/// A WebRTC peer that wants in.
struct JoinSpec {
    std::string identity;  ///< `sub` of the token; the same identity is the same participant
    std::string name;
    Role role = Role::Participant;
    bool maySend = true;
    bool mayReceive = true;
    bool isScreen = false;  ///< what it sends is a shared screen, beside its camera
    ViewId view;            ///< what it receives; empty = main
    std::string offer;
};

struct JoinReply {
    PeerId peer;
    ParticipantId participant;
    std::string answer;  ///< SDP
};

}  // namespace tessera
