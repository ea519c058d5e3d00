#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mcu/meeting/meeting_types.h"

namespace tessera {

/// Who takes part, across connections. A participant outlives each of its peers.
/// @thread control
struct Participant {
    ParticipantId id;
    std::string identity;
    std::string name;
    Role role = Role::Participant;
    ParticipantState state = ParticipantState::Joining;
    bool audioMuted = false;
    bool videoMuted = false;
    bool pinned = false;
    bool spotlight = false;
    bool handRaised = false;
    std::optional<bool> recordingConsent;
    double gainDb = 0;
    int number = 0;             ///< unique in the meeting; what the audio plan knows it by
    MediaTime lastTalked{};     ///< when one of its sources was last among the talkers
    bool talkedLately = false;  ///< `hasTalked`, when it was last looked at
    bool heldBack = false;      ///< hears a mix with its own voice in it, so that its voice must stay out

    /// Who talked this recently keeps a mix of its own, so that mixes do not change between sentences.
    static constexpr Duration kPersonalMixHold = std::chrono::seconds(5);
    bool hasTalked(MediaTime now) const { return lastTalked + kPersonalMixHold > now; }
};

}  // namespace tessera
