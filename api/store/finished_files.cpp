#include "api/store/finished_files.h"

#include <cmath>
#include <filesystem>
#include <fstream>

#include "api/store/recording_files.h"

namespace tessera {
namespace {

constexpr const char* kFile = "/finished.jsonl";
/// As many as segments of a second in a month.
constexpr std::size_t kMostFiles = 3'000'000;

bool isDescription(const Json& line) {
    const auto isText = [&line](const char* name) { return line.contains(name) && line[name].is_string(); };
    return line.is_object() && isText("name") && isText("kind") && isText("sha256") && line.contains("bytes") &&
           line["bytes"].is_number_integer() && isSafeFileName(line["name"].get_ref<const std::string&>());
}

}  // namespace

FinishedFiles::FinishedFiles(std::string folder) : folder_(std::move(folder)) {
    std::ifstream file(folder_ + kFile, std::ios::binary);
    std::string text;
    while (byName_.size() < kMostFiles && std::getline(file, text)) {
        auto line = Json::parse(text, nullptr, false);
        if (!isDescription(line)) continue;
        auto name = line["name"].get<std::string>();
        byName_.insert_or_assign(std::move(name), std::move(line));
    }
}

const Json* FinishedFiles::find(const std::string& name) const {
    const auto found = byName_.find(name);
    if (found == byName_.end()) return nullptr;
    std::error_code error;
    const auto bytes = std::filesystem::file_size(folder_ + "/" + name, error);
    return !error && found->second["bytes"] == bytes ? &found->second : nullptr;
}

Status FinishedFiles::add(const std::string& folder, const Json& description) {
    std::ofstream file(folder + kFile, std::ios::binary | std::ios::app);
    file << toText(description) << '\n';
    if (!file.flush()) return internalError("a finished file of a recording could not be noted");
    return kOk;
}

RecordingFile toRecordingFile(const Json& description) {
    const auto numberOf = [&description](const char* name) {
        const auto found = description.find(name);
        return found != description.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
    };
    return {.name = description["name"].get<std::string>(),
            .kind = description["kind"].get<std::string>(),
            .bytes = numberOf("bytes"),
            .durationMs = numberOf("duration_ms"),
            .sha256 = description["sha256"].get<std::string>(),
            .beginsAtMs = beginOf(description.value("timeline", Json()))};
}

std::optional<std::int64_t> beginOf(const Json& timeline) {
    if (!timeline.is_array() || timeline.empty()) return std::nullopt;
    const auto& first = timeline.front();
    const auto isTime = [&first](const char* name) { return first.contains(name) && first[name].is_number(); };
    if (!isTime("at_ms") || !isTime("meeting_ms")) return std::nullopt;
    return std::llround(first["meeting_ms"].get<double>() - first["at_ms"].get<double>());
}

}  // namespace tessera
