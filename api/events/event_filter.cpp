#include "api/events/event_filter.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr std::size_t kMaximumLength = 64;

bool isTypeCharacter(char c) {
    return (c >= 'a' && c <= 'z') || c == '_' || c == '.';
}

bool matchesPattern(std::string_view pattern, std::string_view type) {
    if (pattern == "*" || pattern == type) return true;
    if (!pattern.ends_with(".*")) return false;
    return type.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

Status checkTypePattern(std::string_view pattern, std::string_view field) {
    const auto name = pattern.ends_with(".*") ? pattern.substr(0, pattern.size() - 2) : pattern;
    const bool isName = !name.empty() && std::all_of(name.begin(), name.end(), isTypeCharacter) &&
                        name.front() != '.' && name.back() != '.';
    if (pattern == "*" || (isName && pattern.size() <= kMaximumLength)) return kOk;
    return invalidArgument("a pattern of event types is \"*\", \"output.*\" or a type such as \"output.failed\"",
                           std::string(field));
}

Result<std::vector<std::string>> readTypePatterns(std::string_view text) {
    std::vector<std::string> patterns;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const auto pattern = text.substr(0, comma);
        TESSERA_TRY(checkTypePattern(pattern, "types"));
        if (patterns.size() == kMaximumTypePatterns) return invalidArgument("types holds too many patterns", "types");
        patterns.emplace_back(pattern);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return patterns;
}

bool EventFilter::wantsType(std::string_view type) const {
    return types.empty() || std::any_of(types.begin(), types.end(),
                                        [type](const std::string& pattern) { return matchesPattern(pattern, type); });
}

}  // namespace tessera
