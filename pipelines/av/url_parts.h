#pragma once

#include <string>
#include <string_view>

#include "mcu/base/result.h"

namespace tessera {

/// A URL as libavformat splits it.
struct UrlParts {
    std::string scheme, user, host;  ///< host without brackets
    int port = -1;                   ///< -1: none is named
    std::string path;                ///< from its slash; with the query, from its question mark when there is no path
};

/// Splits a URL of one of the schemes, which are separated by " | ".
/// @error invalid_argument, field url: another scheme, or longer than 2048 bytes
Result<UrlParts> splitUrl(const std::string& url, std::string_view schemes);

}  // namespace tessera
