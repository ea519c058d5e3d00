#include "api/store/recording_cues.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>

namespace tessera {
namespace {

double numberOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string textOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t durationOf(const Json& event) {
    const auto data = event.find("data");
    if (data == event.end() || !data->is_object()) return 0;
    return std::strtoll(textOf(*data, "duration_ms").c_str(), nullptr, 10);
}

/// Time in the file; what happened during a pause is where the file goes on. @return nothing before its begin
std::optional<double> fileTime(const Json& timeline, double meetingMs) {
    std::optional<double> time;
    for (const auto& anchor : timeline) {
        const double at = numberOf(anchor, "at_ms"), meeting = numberOf(anchor, "meeting_ms");
        if (time) time = std::min(*time, at);
        if (meetingMs >= meeting) time = at + meetingMs - meeting;
    }
    return time;
}

}  // namespace

std::vector<WebVttCue> captionsOf(const Json& events, const Json& timeline, std::int64_t durationMs) {
    std::vector<WebVttCue> captions;
    for (const auto& event : events) {
        if (textOf(event, "type") != "caption.added") continue;
        const double at = numberOf(event, "at_ms");
        const auto begin = fileTime(timeline, at);
        const auto end = fileTime(timeline, at + static_cast<double>(durationOf(event)));
        if (!end) continue;
        const std::chrono::milliseconds first(static_cast<std::int64_t>(begin.value_or(0)));
        const std::chrono::milliseconds last(std::min(static_cast<std::int64_t>(*end), durationMs));
        if (last > first) captions.push_back({first, last, textOf(event, "detail")});
    }
    return captions;
}

std::vector<MediaChapter> chaptersOf(const Json& events, const Json& timeline, std::int64_t durationMs) {
    std::vector<MediaChapter> chapters;
    for (const auto& event : events) {
        if (textOf(event, "type") != "chapter.added" || timeline.empty()) continue;
        const auto begin = static_cast<std::int64_t>(fileTime(timeline, numberOf(event, "at_ms")).value_or(0));
        if (begin >= durationMs) continue;
        if (!chapters.empty() && chapters.back().beginMs == begin) chapters.pop_back();
        chapters.push_back({begin, durationMs, textOf(event, "detail")});
    }
    // Players and the formats begin with a chapter at 0.
    if (!chapters.empty() && chapters.front().beginMs > 0) chapters.insert(chapters.begin(), {0, durationMs, ""});
    for (std::size_t i = 1; i < chapters.size(); ++i) chapters[i - 1].endMs = chapters[i].beginMs;
    return chapters;
}

}  // namespace tessera
