#include "api/recorded_meeting.h"

#include <algorithm>
#include <fstream>

#include "api/json_score.h"
#include "api/store/recording_files.h"
#include "api/timestamp.h"

namespace tessera {
namespace {

constexpr std::streamoff kMaximumManifest = 256 << 20;  // bytes
constexpr std::size_t kMaximumFiles = 20'000;
constexpr std::int64_t kLatestMs = 4'000'000'000'000;  // more than a century

Result<Json> readManifest(const std::string& folder) {
    std::ifstream file(folder + "/manifest.json", std::ios::binary | std::ios::ate);
    if (!file) return notFound("the recording has no manifest.json");
    if (file.tellg() > kMaximumManifest) return invalidArgument("manifest.json is too large");
    file.seekg(0);
    auto manifest = Json::parse(file, nullptr, false);
    if (!manifest.is_object()) return invalidArgument("manifest.json is damaged");
    return manifest;
}

/// A whole number of the object's. @return -1 when there is none in range
std::int64_t numberOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_integer()) return -1;
    const double value = found->get<double>();
    return value >= 0 && value <= 1000.0 * static_cast<double>(kLatestMs) ? found->get<std::int64_t>() : -1;
}

std::string textOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class ManifestReader {
public:
    ManifestReader(const Json& manifest, const std::string& folder) : manifest_(manifest), folder_(folder) {}

    Result<RecordedMeeting> read() {
        const auto origin = numberOf(manifest_, "origin_us");
        const auto files = manifest_.find("files");
        if (origin < 0 || files == manifest_.end() || !files->is_array()) {
            return conflict("it is no isolated recording: only what each source has sent can be rendered");
        }
        meeting_.origin = MediaTime(std::chrono::microseconds(origin));
        if (files->size() > kMaximumFiles) return invalidArgument("manifest.json has too many files");
        for (const Json& file : *files) TESSERA_TRY(add(file));
        const auto length = std::max<std::int64_t>(numberOf(manifest_, "duration_ms"), 0);
        meeting_.end = std::max(meeting_.end, meeting_.origin + std::chrono::milliseconds(length));
        if (const auto begun = parseTimestamp(textOf(manifest_, "started_at"))) {
            meeting_.wallAtEpoch = std::chrono::milliseconds(*begun) - meeting_.origin.time_since_epoch();
        }
        return std::move(meeting_);
    }

private:
    Status add(const Json& file) {
        if (!file.is_object() || !file.contains("source")) return kOk;  // poster, manifest
        const auto name = textOf(file, "name");
        const auto source = SourceId::fromString(textOf(file, "source"));
        if (!source || !isSafeFileName(name) || !isMediaFile(name)) return invalidArgument("manifest.json is damaged");
        const Duration begins = std::chrono::milliseconds(std::max<std::int64_t>(numberOf(file, "begins_ms"), 0));
        const Duration length = std::chrono::milliseconds(std::max<std::int64_t>(numberOf(file, "duration_ms"), 0));
        const auto rotation = numberOf(file, "rotation");
        meeting_.files.push_back({.source = *source,
                                  .path = folder_ + "/" + name,
                                  .begins = begins,
                                  .quarterTurns = rotation > 0 ? static_cast<int>(rotation / 90 % 4) : 0});
        meeting_.end = std::max(meeting_.end, meeting_.origin + begins + length);
        return kOk;
    }

    const Json& manifest_;
    const std::string& folder_;
    RecordedMeeting meeting_;
};

}  // namespace

Result<RecordedMeeting> readRecordedMeeting(const std::string& folder) {
    const auto manifest = readManifest(folder);
    if (!manifest) return manifest.error();
    auto meeting = ManifestReader(*manifest, folder).read();
    if (!meeting) return meeting;
    const auto lines = readScoreFile(folder + "/score.jsonl");
    if (!lines) return lines.error();
    for (const ScoreLine& line : *lines) {
        if (line.score) {
            meeting->scores.push_back(line.score);
        } else {
            meeting->speakers.push_back({line.at, line.speakers});
        }
    }
    if (meeting->scores.empty()) return notFound("the recording has no score");
    std::stable_sort(meeting->scores.begin(), meeting->scores.end(),
                     [](const auto& a, const auto& b) { return a->at < b->at; });
    std::stable_sort(meeting->speakers.begin(), meeting->speakers.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    const auto byBegin = [](const RecordedFile& a, const RecordedFile& b) { return a.begins < b.begins; };
    std::stable_sort(meeting->files.begin(), meeting->files.end(), byBegin);
    return meeting;
}

}  // namespace tessera
