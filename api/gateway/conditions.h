#pragma once

#include <cstdint>
#include <string>

#include "api/http_message.h"

namespace tessera {

/// What tells one state of a body from another.
struct Validators {
    std::string etag;           ///< strong, with its quotes; empty = none
    std::int64_t modified = 0;  ///< seconds since 1970; 0 = not known
};

enum class Precondition {
    Holds,
    NotModified,  ///< 304: the client has it already
    Fails         ///< 412
};

/// Compares the conditions of a GET or HEAD with what there is; If-Range is not among them.
/// @source RFC 9110 section 13.2.2
Precondition checkConditions(const HttpRequest& request, const Validators& present);

/// Whether Range is to be heeded: there is no If-Range, or it names what there is.
/// @param now  seconds since 1970: a date says nothing about what changed within its own second
/// @source RFC 9110 sections 13.1.5 and 8.8.2.2
bool isRangeWanted(const HttpRequest& request, const Validators& present, std::int64_t now);

}  // namespace tessera
