#include "api/store/recording_journal.h"

#include <fstream>

#include "pipelines/outputs/recording_file.h"

namespace tessera {
namespace {

std::string journalOf(const std::string& folder) {
    return folder + "/events.jsonl";
}

/// Every whole line that is an object.
Json readLines(const std::string& path) {
    Json lines = Json::array();
    std::ifstream file(path, std::ios::binary);
    std::string text;
    while (lines.size() < kMaximumJournalEvents && std::getline(file, text)) {
        auto line = Json::parse(text, nullptr, false);
        if (line.is_object()) lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace

Status appendToJournal(const std::string& folder, const MeetingEvent& event) {
    Json line = {{"at_ms", toMilliseconds(event.at.time_since_epoch())},
                 {"type", event.type},
                 {"subject", event.subject},
                 {"detail", event.detail}};
    for (const auto& [name, value] : event.data) line["data"][name] = value;
    std::ofstream file(journalOf(folder), std::ios::binary | std::ios::app);
    file << toText(line) << '\n';
    if (!file.flush()) return internalError("an event of a recording could not be kept");
    return kOk;
}

Json readJournal(const std::string& folder) {
    return readLines(journalOf(folder));
}

Json readTimeline(const std::string& folder, const std::string& file) {
    Json anchors = Json::array();
    for (const auto& line : readLines(folder + "/" + kTimelineFile)) {
        if (line.value("file", Json()) != file) continue;
        const auto at = line.value("at_us", Json()), meeting = line.value("meeting_us", Json());
        if (!at.is_number_integer() || !meeting.is_number_integer()) continue;
        anchors.push_back({{"at_ms", at.get<double>() / 1000}, {"meeting_ms", meeting.get<double>() / 1000}});
    }
    return anchors;
}

}  // namespace tessera
