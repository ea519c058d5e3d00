#include "pipelines/webrtc/sdp/sdp_text.h"

#include <algorithm>

#include "pipelines/webrtc/sdp/sdp_offer.h"

namespace tessera {

namespace {

constexpr std::size_t kMaxToken = 256;

bool isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool hasControl(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
}

}  // namespace

Error SdpLine::error(const std::string& what) const {
    return invalidArgument("SDP line " + std::to_string(number) + ": " + what);
}

Result<std::vector<SdpLine>> splitSdp(std::string_view text) {
    if (text.size() > SdpLimits::kBytes) {
        return invalidArgument("SDP of " + std::to_string(text.size()) + " bytes; at most " +
                               std::to_string(SdpLimits::kBytes) + " are accepted");
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    std::vector<SdpLine> lines;
    for (int number = 1; !text.empty(); ++number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        const SdpLine parsed{number, line.empty() ? '\0' : line[0], line.size() > 2 ? line.substr(2) : ""};
        if (line.size() > SdpLimits::kLineBytes) return parsed.error("too long");
        const bool wellFormed = line.size() >= 2 && line[1] == '=' && line[0] >= 'a' && line[0] <= 'z';
        if (!wellFormed || hasControl(line)) return parsed.error("not of the form <type>=<value>");
        lines.push_back(parsed);
    }
    if (lines.empty()) return invalidArgument("SDP: empty");
    return lines;
}

std::string_view takeWord(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    return word;
}

std::string toLower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool isSdpToken(std::string_view text) {
    constexpr std::string_view kSeparators = " \"(),/:;<=>?@[\\]\t";
    return !text.empty() && text.size() <= kMaxToken && text.find_first_of(kSeparators) == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

bool isIceString(std::string_view text, std::size_t least) {
    const auto isIceChar = [](char c) { return isAlphanumeric(c) || c == '+' || c == '/'; };
    return text.size() >= least && text.size() <= kMaxToken && std::all_of(text.begin(), text.end(), isIceChar);
}

}  // namespace tessera
