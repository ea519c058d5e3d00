#pragma once

#include <map>
#include <string>
#include <vector>

#include "mcu/meeting/meeting_score.h"
#include "mcu/meeting/meeting_stats.h"

namespace tessera {

/// File in a recording's folder with the score of its meeting: what was in force when it began, and each change
/// since, as lines of api/json_score.h, so that a crash loses the last line at most.
inline constexpr const char* kScoreFile = "score.jsonl";

/// The scores of live meetings as they are, and where changes are written.
/// @thread one at a time, which may wait for the disk
class RecordingScores {
public:
    /// Keeps what is in force, and appends it to the scores in `folders`: those of the meeting's recordings.
    void note(const MeetingId& meeting, MeetingScorePtr score, const std::vector<std::string>& folders);
    void note(const MeetingId& meeting, const SpeakerOrder& order, const std::vector<std::string>& folders);
    /// Begins a recording's score with what is in force.
    void begin(const MeetingId& meeting, const std::string& folder) const;
    /// The meeting is over.
    void forget(const MeetingId& meeting) { current_.erase(meeting); }

private:
    struct Current {
        MeetingScorePtr score;
        SpeakerOrder speakers;
    };
    // State
    std::map<MeetingId, Current> current_;
};

}  // namespace tessera
