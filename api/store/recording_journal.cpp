#include "api/store/recording_journal.h"

#include <fstream>

namespace tessera {
namespace {

std::string journalOf(const std::string& folder) {
    return folder + "/events.jsonl";
}

}  // namespace

Status appendToJournal(const std::string& folder, const MeetingEvent& event) {
    const Json line = {{"at_ms", toMilliseconds(event.at.time_since_epoch())},
                       {"type", event.type},
                       {"subject", event.subject},
                       {"detail", event.detail}};
    std::ofstream file(journalOf(folder), std::ios::binary | std::ios::app);
    file << toText(line) << '\n';
    if (!file.flush()) return internalError("an event of a recording could not be kept");
    return kOk;
}

Json readJournal(const std::string& folder) {
    Json events = Json::array();
    std::ifstream file(journalOf(folder), std::ios::binary);
    std::string line;
    while (events.size() < kMaximumJournalEvents && std::getline(file, line)) {
        auto event = Json::parse(line, nullptr, false);
        if (event.is_object()) events.push_back(std::move(event));
    }
    return events;
}

}  // namespace tessera
