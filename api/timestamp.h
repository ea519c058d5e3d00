#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// Milliseconds since 1970 as "2025-01-31T12:00:00.123Z". @source RFC 3339 section 5.6
std::string toTimestamp(std::int64_t milliseconds);

/// Milliseconds since 1970. Nothing for what is not RFC 3339 with a zone, years 1970 to 9999.
std::optional<std::int64_t> parseTimestamp(std::string_view text);

/// The wall clock now, milliseconds since 1970.
std::int64_t wallClockMs();

}  // namespace tessera
