#include "pipelines/outputs/webvtt.h"

#include <array>
#include <cstdio>

namespace tessera {
namespace {

std::string timestamp(Duration time) {
    const long long ms = toMilliseconds(time);
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%02lld:%02lld:%02lld.%03lld", ms / 3'600'000, ms / 60'000 % 60,
                  ms / 1000 % 60, ms % 1000);
    return text.data();
}

/// Without what has a meaning: markup, and the empty line that ends a cue.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\r' || (c == '\n' && (result.empty() || result.back() == '\n'))) continue;
        switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            default: result += c;
        }
    }
    while (!result.empty() && result.back() == '\n') result.pop_back();
    return result;
}

}  // namespace

std::string toWebVtt(std::span<const WebVttCue> cues, std::string_view header) {
    std::string text = "WEBVTT\n";
    text += header;
    for (const auto& cue : cues) {
        text += "\n" + timestamp(cue.begin) + " --> " + timestamp(cue.end) + "\n" + escaped(cue.text) + "\n";
    }
    return text;
}

}  // namespace tessera
