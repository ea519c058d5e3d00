#pragma once

#include <string>

namespace webrtc_client {

/// A reply of the server; status 0 when there was none.
struct Reply {
    long status = 0;
    std::string body;
    std::string location;  ///< absolute
};

/// WHIP and WHEP over HTTP. @source RFC 9725 section 4.2
Reply post(const std::string& url, const std::string& token, const std::string& offer);
Reply remove(const std::string& url, const std::string& token);

}  // namespace webrtc_client
