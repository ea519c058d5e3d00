#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"

namespace tessera {

/// Answers one call; an Error becomes a problem document.
using RouteHandler = Result<HttpResponse> (*)(Call& call);

/// Who may call a route: everybody, or who has a right (in the path's {meeting}, if it has one).
struct Access {
    bool isPublic = false;
    Right right = Right::Administer;
    bool handlerKnowsMeeting = false;  ///< no {meeting} in the path: the handler calls authorize for the one concerned
};

/// One row of the table of routes.
struct Route {
    std::string_view method;
    std::string_view path;  ///< "/v1/meetings/{meeting}:start"
    Access access;
    RouteHandler handler;
    std::string_view summary;    ///< as docs/openapi.yaml says it
    std::string_view accepts{};  ///< media type of the body; empty = the method's default, JSON
};

/// The one table of routes.
std::span<const Route> routes();

/// Compares a path with a template. A parameter is one non-empty segment, or what stands before the template's
/// ":action".
/// @return the parameters by name; nothing when it does not match
std::optional<std::map<std::string, std::string>> matchPath(std::string_view pattern, std::string_view path);

/// Methods of every route that matches the path, joined with ", "; empty when none does.
std::string allowedMethods(std::string_view path);

}  // namespace tessera
