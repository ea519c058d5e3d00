#pragma once

#include <string>
#include <string_view>

#include "mcu/base/result.h"

#include "api/http_message.h"

namespace tessera {

/// One reason why a request failed, as the wire says it. `code` is one of ErrorCode's names or of problemCodes().
struct Problem {
    int status = 500;
    std::string code;
    std::string detail;
    std::string field;  ///< empty = none is at fault
};

/// The body is application/problem+json with type, title, status, detail, code and, where one is at fault, field.
/// @source RFC 9457 section 3
HttpResponse problemResponse(const Problem& problem);

/// The status and code follow from the error's code; capacity also carries Retry-After, unauthorized WWW-Authenticate.
HttpResponse problemResponse(const Error& error);

/// @param allow  the methods that the path has, joined with ", "
HttpResponse methodNotAllowed(std::string_view allow);
HttpResponse payloadTooLarge(std::size_t limitBytes);
/// @param accepted  media types, joined with ", "
HttpResponse unsupportedMediaType(std::string_view accepted);
HttpResponse preconditionFailed();
HttpResponse tooManyRequests(int retryAfterSeconds);
HttpResponse overloaded();

}  // namespace tessera
