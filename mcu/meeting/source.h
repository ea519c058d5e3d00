#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "mcu/meeting/media_factory.h"
#include "mcu/meeting/meeting_types.h"
#include "mcu/meeting/participant.h"

namespace tessera {

/// One thing to be seen and heard, as control knows it.
/// @thread control
struct Source {
    SourceId id;
    std::string name;
    std::string kind;              ///< webrtc, rtp, or a row of the ingest catalog
    Params params;                 ///< of an ingest
    ParticipantId participant;     ///< empty for none
    Participant* owner = nullptr;  ///< that participant; of the roster
    bool isScreen = false;
    bool audioMuted = false;
    bool videoMuted = false;
    double gainDb = 0;
    std::optional<bool> denoise, agc;  ///< absent = as the meeting
    Orientation orientation;           ///< how its picture is turned to be shown

    SourceFeedPtr feed;
    std::shared_ptr<LoudnessMeter> loudness{};  ///< of what is heard of it; null where it is not measured
    std::unique_ptr<Ingest> ingest;             ///< null when a peer fills the feed
    PeerId peer;                                ///< the peer that fills the feed; empty when an ingest does

    std::array<OverlayPtr, kTileScales> labels{};
    std::array<OverlayPtr, kTileScales> avatars{};
};

/// What a caller is told of a source.
SourceInfo describe(const Source& source);

/// Draws the source's name and initials anew. What cannot be drawn is left out and logged.
void rasterizeName(Source& source, TextRasterizer& rasterizer);

}  // namespace tessera
