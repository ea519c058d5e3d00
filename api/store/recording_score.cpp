#include "api/store/recording_score.h"

#include <fstream>

#include "mcu/base/log.h"

#include "api/json_score.h"

namespace tessera {
namespace {

void append(const std::string& folder, const std::string& line) {
    std::ofstream file(folder + "/" + kScoreFile, std::ios::binary | std::ios::app);
    file << line << '\n';
    if (!file.flush()) log(LogLevel::Warning, "recording", "a change of the score could not be kept");
}

}  // namespace

void RecordingScores::note(const MeetingId& meeting, MeetingScorePtr score, const std::vector<std::string>& folders) {
    if (!folders.empty()) {
        const auto line = toScoreLine(*score);
        for (const auto& folder : folders) append(folder, line);
    }
    current_[meeting].score = std::move(score);
}

void RecordingScores::note(const MeetingId& meeting, const SpeakerOrder& order,
                           const std::vector<std::string>& folders) {
    for (const auto& folder : folders) append(folder, toScoreLine(order.at, order.sources));
    current_[meeting].speakers = order;
}

void RecordingScores::begin(const MeetingId& meeting, const std::string& folder) const {
    const auto found = current_.find(meeting);
    if (found == current_.end() || !found->second.score) return;
    append(folder, toScoreLine(*found->second.score));
    const SpeakerOrder& order = found->second.speakers;
    if (!order.sources.empty()) append(folder, toScoreLine(order.at, order.sources));
}

}  // namespace tessera
