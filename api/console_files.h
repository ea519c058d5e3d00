#pragma once

#include <map>
#include <string>
#include <string_view>

#include "api/http_message.h"

namespace tessera {

/// The files of the console and the API's description, read once at the start: small, and answered from memory.
class ConsoleFiles {
public:
    /// Reads `<folder>/console` and `<folder>/openapi.json`; what is missing is answered 404.
    /// @param folder  where the program's other parts lie, next to the program itself
    static ConsoleFiles load(const std::string& folder);

    /// @param path  of the request: "/", "/assets/app.js", "/v1/openapi.json"
    /// @return      null when there is no such file
    const HttpResponse* find(std::string_view path) const;

private:
    std::map<std::string, HttpResponse, std::less<>> files_;
};

/// The folder that the running program lies in.
std::string programFolder();

}  // namespace tessera
