#pragma once

#include <string>
#include <vector>

#include "mcu/meeting/meeting_score.h"

namespace tessera {

/// A media file of one source, as the source has coded it.
struct RecordedFile {
    SourceId source;
    std::string path;
    Duration begins{};     ///< its first media, in the file's own time; 0 when that is not known
    int quarterTurns = 0;  ///< how its pictures are turned to be shown, clockwise
};

/// Who spoke last, second to last and so on, from a moment on.
struct ScoredSpeakers {
    MediaTime at{};
    std::vector<SourceId> sources;
};

/// What an isolated recording holds: everything to make the meeting's picture and sound again.
struct RecordedMeeting {
    MediaTime origin{};                    ///< meeting time that is 0 in its files
    MediaTime end{};                       ///< meeting time after the last media
    Duration wallAtEpoch{};                ///< UTC since 1970 at the meeting's epoch: for clocks in the picture
    std::vector<MeetingScorePtr> scores;   ///< by time, not empty
    std::vector<ScoredSpeakers> speakers;  ///< by time; empty = whoever is heard to speak
    std::vector<RecordedFile> files;
};

}  // namespace tessera
