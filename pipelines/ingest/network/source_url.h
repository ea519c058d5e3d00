#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "mcu/base/result.h"

namespace tessera {

/// A URL that a caller names as a source, taken apart. Never a nested one ("concat:", "crypto+http:").
struct SourceUrl {
    std::string scheme;                                     ///< lower case
    std::string user, password;                             ///< percent-decoded; empty: none
    std::string host;                                       ///< lower case name or address, without brackets
    std::uint16_t port = 0;                                 ///< 0: not named
    std::string path;                                       ///< with its slash, as it was written
    std::map<std::string, std::string, std::less<>> query;  ///< percent-decoded

    std::string queryValue(std::string_view name) const;
};

/// Printable ASCII: scheme "://" [user [":" password] "@"] host [":" port] [path] ["?" query].
/// @param mostBytes  of the whole
/// @source RFC 3986 section 3, without fragments
/// @error invalid_argument with field "url"
Result<SourceUrl> parseSourceUrl(std::string_view text, std::size_t mostBytes = 2048);

/// Percent-encodes everything but RFC 3986's unreserved characters.
std::string percentEncoded(std::string_view text);

}  // namespace tessera
