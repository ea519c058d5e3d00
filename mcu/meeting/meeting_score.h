#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mcu/meeting/meeting_types.h"
#include "mcu/meeting/overlay_set.h"

namespace tessera {

// The score of a meeting: everything but the media itself that its picture and sound are made of, so that both can be
// made again.

/// One source, with what its participant adds.
struct ScoreSource {
    SourceId id;
    std::string name, kind;
    Params params;              ///< of an ingest
    ParticipantId participant;  ///< empty for none
    bool isScreen = false;
    bool audioMuted = false, videoMuted = false;  ///< by the source or by its participant
    bool pinned = false, spotlight = false;
    double gainDb = 0;  ///< of the source and its participant together
    bool denoise = false, agc = false;
    Orientation orientation;
};

struct ScoreView {
    ViewId id;
    ViewSpec spec;
    std::vector<OverlayInfo> overlays;
};

/// What is in force from a moment on. Whole: what is not in it is not there any more.
struct MeetingScore {
    MediaTime at{};  ///< meeting time of the first tick that uses it
    FrameRate rate;
    Duration playoutDelay{};
    int talkers = 8;
    AudioOptions audio;
    std::vector<ScoreSource> sources;  ///< in stage order
    std::vector<ScoreView> views;
};

using MeetingScorePtr = std::shared_ptr<const MeetingScore>;

}  // namespace tessera
