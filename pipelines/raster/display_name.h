#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// What people typed as one line that can be drawn: valid UTF-8 (faults become U+FFFD), control characters and runs of
/// blanks as one space, none at the ends, at most 256 characters.
/// @thread any
std::string toDisplayName(std::string_view text);

/// At most two capital initials of a display name: of the first and the last word that begin with a letter or digit,
/// each with its combining marks. Empty when no word does.
/// @thread any
std::string toInitials(const std::string& displayName);

}  // namespace tessera
