#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "mcu/meeting/participant.h"
#include "mcu/meeting/reaper.h"
#include "mcu/meeting/source.h"

namespace tessera {

/// Participants and sources of a meeting, in the order of joining.
/// @thread control
class Roster {
public:
    /// @param reaper  outlives the roster
    explicit Roster(Reaper& reaper) : reaper_(reaper) {}

    /// @return null when there is none
    Participant* find(const ParticipantId& id) const;
    Participant* findByIdentity(std::string_view identity) const;
    Source* find(const SourceId& id) const;
    /// The participant's camera and microphone, or its shared screen.
    Source* findOf(const ParticipantId& participant, bool isScreen) const;

    Participant& add(Participant participant);
    Source& add(Source source);
    /// Forgets it; its sources must have been removed.
    void remove(const ParticipantId& id);
    /// Forgets it and retires what fills it.
    void remove(const SourceId& id);

    /// Gives a source another feed, as when a participant comes back: its tile keeps place and last picture.
    void replaceFeed(Source& source, SourceFeedPtr feed, const PeerId& peer);

    const std::vector<std::unique_ptr<Participant>>& participants() const { return participants_; }
    const std::vector<std::unique_ptr<Source>>& sources() const { return sources_; }

    ParticipantInfo describe(const Participant& participant) const;

private:
    void retire(Source& source);

    // Borrowed
    Reaper& reaper_;
    // Owned
    std::vector<std::unique_ptr<Participant>> participants_;
    std::vector<std::unique_ptr<Source>> sources_;
};

}  // namespace tessera
