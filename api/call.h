#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_message.h"
#include "api/json.h"
#include "api/services.h"

namespace tessera {

/// One request on its way to its handler: matched, authenticated, authorised.
struct Call {
    const HttpRequest& request;
    Services& services;
    std::map<std::string, std::string> params;  ///< of the path template, by name
    Identity identity;
    bool dryRun = false;        ///< validate, and answer what would happen
    std::string auditDetail{};  ///< what the handler wants the audit log to say

    const std::string& param(const std::string& name) const { return params.at(name); }
    /// @return "" when absent
    std::string query(const std::string& name) const {
        const auto found = request.query.find(name);
        return found == request.query.end() ? std::string() : found->second;
    }
    /// @error invalid_argument; an empty body is an empty object
    Result<Json> body() const;

    /// The entry of the path's {meeting}. @error not_found
    Result<MeetingEntryPtr> entry() const;
    /// The running Meeting of the path's {meeting}. @error not_found; conflict: it has ended
    Result<std::shared_ptr<Meeting>> meeting() const;
    /// As meeting, but starts it when it is still scheduled: whoever adds or joins something means now.
    Result<std::shared_ptr<Meeting>> liveMeeting() const;

    /// The path's id of that name. @error not_found: it cannot be an id
    template <typename IdType>
    Result<IdType> id(const std::string& name) const {
        auto parsed = IdType::fromString(param(name));
        if (!parsed) return notFound("there is no such " + name);
        return parsed;
    }
};

HttpResponse jsonResponse(int status, const Json& body);
/// 200 with an ETag over what does not change by itself (levels, counters and states are left out).
HttpResponse objectResponse(const Json& object);
/// 201 with Location.
HttpResponse createdResponse(const std::string& location, const Json& object);
HttpResponse noContent();

/// Adds `applied_at_ms` and `frame` to the object that a change returns.
Json withApplied(Json object, const Applied& applied);

/// `{items, next_cursor, total}` by ?limit= and ?cursor=.
/// @error invalid_argument
Result<HttpResponse> listResponse(const Call& call, std::vector<Json> items);

/// ?limit= and ?cursor= for lists that the store pages.
Result<PageRequest> pageRequest(const Call& call);

}  // namespace tessera
