#pragma once

#include <memory>
#include <string>

#include "api/gateway/body_source.h"
#include "api/http_message.h"
#include "api/problem.h"

namespace tessera {

/// What a client gets: status and headers, and a body in `head` or, when it is large or shared, in `body`.
struct Reply {
    HttpResponse head;
    std::unique_ptr<BodySource> body;

    Reply() = default;
    Reply(HttpResponse response) : head(std::move(response)) {}
    explicit Reply(const Problem& problem) : head(problemResponse(problem)) {}
};

/// Status line and headers, with Content-Length, Date and Connection; those that concern a connection are left out.
/// @param bodyBytes  BodySource::kUnbounded: the end of the connection is the body's
/// @source RFC 9112 sections 4 and 6.3, RFC 9110 section 6.6.1
std::string serializeHead(const HttpResponse& response, std::uint64_t bodyBytes, bool keepAlive);

}  // namespace tessera
