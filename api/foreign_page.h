#pragma once

#include <span>
#include <string>

#include "api/http_message.h"

namespace tessera {

/// Whether a request comes from a web page that this server did not serve, through the browser of a visitor of that
/// page: its `Origin` is neither this server nor listed, or it was sent to a name that is not `localhost` or an address
/// (a name that the page's owner points at this machine: DNS rebinding).
///
/// Only a server without credentials needs this: where everybody who reaches it is admin, browsers must not lend their
/// reach to strangers. A bearer credential, which no browser adds by itself, is the same protection.
///
/// @param allowed  `http.cors_origins`; "*" allows every origin, and no name
/// @source RFC 6454 section 7, W3C Fetch (the Origin header), RFC 9110 section 7.2
bool isForeignPage(const HttpRequest& request, std::span<const std::string> allowed);

}  // namespace tessera
