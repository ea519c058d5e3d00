#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"

namespace tessera {

/// Patterns of types: "*", "output.*" or "output.failed". At most kMaximumTypePatterns of at most 64 characters.
inline constexpr std::size_t kMaximumTypePatterns = 32;

/// @error invalid_argument with that field
Status checkTypePattern(std::string_view pattern, std::string_view field);

/// Reads a list of patterns separated by commas; an empty text is none, which lets everything pass.
/// @error invalid_argument with field "types"
Result<std::vector<std::string>> readTypePatterns(std::string_view text);

/// Which events somebody wants, and may have.
struct EventFilter {
    std::string meeting;             ///< empty = those of all meetings, and of the server
    std::vector<std::string> types;  ///< patterns; empty = all

    bool wantsType(std::string_view type) const;
    bool matches(std::string_view ofMeeting, std::string_view type) const {
        return (meeting.empty() || meeting == ofMeeting) && wantsType(type);
    }
};

}  // namespace tessera
