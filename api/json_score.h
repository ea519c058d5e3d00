#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/meeting/meeting_score.h"

#include "api/json.h"

namespace tessera {

// The score of a recording: `score.jsonl` in its folder, an object per line, all in meeting time. A line is what is in
// force from `at_us` on: either the whole `score` or the order of `speakers`, the one who speaks or spoke last first.

struct ScoreLine {
    MediaTime at{};
    MeetingScorePtr score;           ///< null: the line tells the order of speakers
    std::vector<SourceId> speakers;  ///< those who have spoken
};

inline constexpr std::size_t kMaximumScoreLine = 4U << 20U;    ///< bytes
inline constexpr std::size_t kMaximumScoreFile = 512U << 20U;  ///< bytes
inline constexpr std::size_t kMaximumScoreSources = 4000;
inline constexpr std::size_t kMaximumScoreViews = 400;

/// One line without its end. Secrets are left out; colours are those of the API, which are coarser than the canvas'.
std::string toScoreLine(const MeetingScore& score);
std::string toScoreLine(MediaTime at, std::span<const SourceId> speakers);

/// @error invalid_argument with `field`: it is no such line, or larger than the limits
Result<ScoreLine> readScoreLine(std::string_view line);

/// Reads a whole file. A last line that a crash has cut off is left out.
/// @error not_found; invalid_argument: a line is none, or the file is larger than kMaximumScoreFile
Result<std::vector<ScoreLine>> readScoreFile(const std::string& path);

}  // namespace tessera
