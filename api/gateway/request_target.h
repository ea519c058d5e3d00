#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tessera {

/// The path and query of a request's target.
/// @param target  "/path?query", or "http://host/path?query" as clients of proxies send it
/// @param origin  begins with '/' and holds no fragment
/// @return        false for everything else, such as "*", "host:port" or control characters
/// @source RFC 9112 section 3.2
bool toOriginForm(std::string_view target, std::string& origin);

/// What stands before the '?'.
std::string_view pathOf(std::string_view origin);

/// The parameters behind the '?', decoded; of those with the same name the last one. At most 64.
/// @return false for a malformed escape, or for more
bool readQuery(std::string_view origin, std::map<std::string, std::string>& query);

}  // namespace tessera
