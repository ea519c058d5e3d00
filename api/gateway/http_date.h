#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// Seconds since 1970 as "Sun, 06 Nov 1994 08:49:37 GMT". @source RFC 9110 section 5.6.7 (IMF-fixdate)
std::string toHttpDate(std::int64_t seconds);

/// Seconds since 1970. Nothing for what is not an IMF-fixdate; the two obsolete forms are not read, and a condition
/// that holds one is ignored.
std::optional<std::int64_t> parseHttpDate(std::string_view text);

}  // namespace tessera
