#include "api/store/isolated_recording.h"

#include <algorithm>
#include <fstream>

#include "mcu/base/log.h"

#include "api/store/recording_score.h"
#include "pipelines/outputs/iso/iso_folder.h"
#include "pipelines/outputs/recording_file.h"

namespace tessera {
namespace {

/// All files have one origin: the first line tells it.
MediaTime readOrigin(const std::string& folder) {
    std::ifstream file(folder + "/" + kTimelineFile, std::ios::binary);
    std::string line;
    std::getline(file, line);
    const auto json = Json::parse(line, nullptr, false);
    const auto origin = json.is_object() ? json.value("meeting_us", Json()) : Json();
    return MediaTime(std::chrono::microseconds(origin.is_number_integer() ? origin.get<std::int64_t>() : 0));
}

/// The newest of each file.
std::map<std::string, int> readRotations(const std::string& folder) {
    std::map<std::string, int> rotations;
    std::ifstream file(folder + "/" + kRotationsFile, std::ios::binary);
    for (std::string line; std::getline(file, line);) {
        const auto json = Json::parse(line, nullptr, false);
        if (!json.is_object()) continue;
        const auto name = json.value("file", Json()), rotation = json.value("rotation", Json());
        if (name.is_string() && rotation.is_number_integer()) rotations[name.get<std::string>()] = rotation.get<int>();
    }
    return rotations;
}

}  // namespace

IsolatedRecording::IsolatedRecording(const std::string& folder)
    : origin_(readOrigin(folder)), rotations_(readRotations(folder)) {
    auto score = readScoreFile(folder + "/" + kScoreFile);
    if (score.ok()) {
        score_ = std::move(score).value();
    } else {
        log(LogLevel::Warning, "recording", "a recording has no cut list: " + score.error().message);
    }
}

void IsolatedRecording::add(const std::string& name, const MediaWork::Facts& facts, Json& description) {
    const auto source = SourceId::fromString(name.substr(0, name.rfind('-')));
    if (!source.ok()) return;
    IsolatedFile file{.name = name,
                      .source = *source,
                      .hasVideo = !facts.videoCodec.empty(),
                      .hasAudio = !facts.audioCodec.empty(),
                      .begin = std::chrono::milliseconds(facts.beginsMs),
                      .end = std::chrono::milliseconds(facts.durationMs)};
    length_ = std::max(length_, file.end);
    description["source"] = source->toString();
    description["begins_ms"] = facts.beginsMs;
    description["duration_ms"] = facts.durationMs - facts.beginsMs;
    if (const auto found = rotations_.find(name); found != rotations_.end()) description["rotation"] = found->second;
    files_.push_back(std::move(file));
}

std::int64_t IsolatedRecording::originUs() const {
    return origin_.time_since_epoch() / std::chrono::microseconds(1);
}

std::int64_t IsolatedRecording::playoutDelayMs() const {
    for (const ScoreLine& line : score_) {
        if (line.score) return toMilliseconds(line.score->playoutDelay);
    }
    return 0;
}

std::vector<std::pair<std::string, std::string>> IsolatedRecording::lists(const std::string& title) const {
    const auto views = makeCutList(material());
    return {{"cut_list.json", toJson(views).dump(2) + "\n"},
            {"cut_list.otio", toOpenTimeline(title, material(), views).dump(2) + "\n"}};
}

}  // namespace tessera
