#include "api/problem.h"

#include <nlohmann/json.hpp>

namespace tessera {

namespace {

std::string_view titleOf(int status) {
    switch (status) {
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 416: return "Range Not Satisfiable";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        default: return "Internal Server Error";
    }
}

}  // namespace

HttpResponse problemResponse(const Problem& problem) {
    nlohmann::ordered_json body = {{"type", "urn:tessera:problem:" + problem.code},
                                   {"title", titleOf(problem.status)},
                                   {"status", problem.status},
                                   {"detail", problem.detail},
                                   {"code", problem.code}};
    if (!problem.field.empty()) body["field"] = problem.field;
    HttpResponse response;
    response.status = problem.status;
    response.with("Content-Type", "application/problem+json").with("Cache-Control", "no-store");
    response.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    return response;
}

HttpResponse problemResponse(const Error& error) {
    HttpResponse response =
        problemResponse(Problem{httpStatus(error.code), std::string(toString(error.code)), error.message, error.field});
    if (error.code == ErrorCode::Unauthorized) response.with("WWW-Authenticate", "Bearer realm=\"tessera\"");
    if (error.code == ErrorCode::Capacity) response.with("Retry-After", "5");
    return response;
}

HttpResponse methodNotAllowed(std::string_view allow) {
    return problemResponse(Problem{405, "method_not_allowed", "this resource takes " + std::string(allow), {}})
        .with("Allow", std::string(allow));
}

HttpResponse payloadTooLarge(std::size_t limitBytes) {
    return problemResponse(
        Problem{413, "payload_too_large", "a request may have " + std::to_string(limitBytes) + " bytes", {}});
}

HttpResponse unsupportedMediaType(std::string_view accepted) {
    return problemResponse(
        Problem{415, "unsupported_media_type", "the body must be " + std::string(accepted), "Content-Type"});
}

HttpResponse preconditionFailed() {
    return problemResponse(
        Problem{412, "precondition_failed", "the object has changed: read it again and repeat", "If-Match"});
}

HttpResponse tooManyRequests(int retryAfterSeconds) {
    return problemResponse(Problem{429, "rate_limited", "too many requests with a wrong credential", {}})
        .with("Retry-After", std::to_string(retryAfterSeconds));
}

HttpResponse overloaded() {
    return problemResponse(Problem{503, "capacity", "the server is busy: try again later", {}})
        .with("Retry-After", "1");
}

}  // namespace tessera
