#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

/// One request as it came from the wire, percent-decoded once. A plain value.
struct HttpRequest {
    std::string method;                          ///< "GET", "POST", ...
    std::string path;                            ///< decoded, begins with '/'; never contains NUL
    std::map<std::string, std::string> query;    ///< decoded
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
    std::string peer;  ///< address of the other end of the connection, without port

    /// @param name  in lower case
    /// @return      "" when absent
    std::string_view header(std::string_view name) const {
        const auto it = headers.find(std::string(name));
        return it == headers.end() ? std::string_view{} : std::string_view(it->second);
    }
    /// Content-Type without its parameters, in lower case.
    std::string mediaType() const;
};

/// One reply. Content-Length and Connection are added on the way out.
struct HttpResponse {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;  ///< each name once: join values with ", "
    std::string body;

    HttpResponse& with(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
};

/// Decodes %XX; a '+' stays a plus.
/// @return false for a malformed escape or a NUL
bool percentDecode(std::string_view text, std::string& decoded);

}  // namespace tessera
