#include "api/problem.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/unit/api/api_bench.h"

namespace tessera {
namespace {

using test::bodyOf;
using test::headerOf;

constexpr ErrorCode kCodes[] = {ErrorCode::InvalidArgument, ErrorCode::Unauthorized, ErrorCode::Forbidden,
                                ErrorCode::NotFound,        ErrorCode::Conflict,     ErrorCode::Unsupported,
                                ErrorCode::Capacity,        ErrorCode::Unreachable,  ErrorCode::Timeout,
                                ErrorCode::Device,          ErrorCode::Internal};

}  // namespace

BOOST_AUTO_TEST_SUITE(problem_test)

BOOST_AUTO_TEST_CASE(every_error_code_becomes_a_problem_of_its_own_code) {
    std::set<std::string> codes;
    for (const auto code : kCodes) {
        const auto response = problemResponse(Error{code, "what happened", "canvas.width"});
        const auto body = bodyOf(response);
        BOOST_TEST(headerOf(response, "Content-Type") == "application/problem+json");
        BOOST_TEST(response.status == httpStatus(code));
        BOOST_TEST(response.status >= 400);
        BOOST_TEST(body["status"] == response.status);
        BOOST_TEST(body["code"] == std::string(toString(code)));
        BOOST_TEST(body["type"] == "urn:tessera:problem:" + std::string(toString(code)));
        BOOST_TEST(body["detail"] == "what happened");
        BOOST_TEST(body["field"] == "canvas.width");
        BOOST_TEST(!body["title"].get<std::string>().empty());
        BOOST_TEST(codes.insert(body["code"]).second);
    }
}

BOOST_AUTO_TEST_CASE(a_problem_without_a_field_at_fault_names_none) {
    BOOST_TEST(!bodyOf(problemResponse(notFound("no such meeting"))).contains("field"));
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_still_makes_a_document) {
    const auto body = bodyOf(problemResponse(notFound("there is nothing at /\xff\xfe")));
    BOOST_TEST(body["code"] == "not_found");
}

BOOST_AUTO_TEST_CASE(headers_say_what_the_caller_may_do_next) {
    BOOST_TEST(headerOf(problemResponse(Error{ErrorCode::Unauthorized, "who?", {}}), "WWW-Authenticate") ==
               "Bearer realm=\"tessera\"");
    BOOST_TEST(!headerOf(problemResponse(Error{ErrorCode::Capacity, "full", {}}), "Retry-After").empty());
    BOOST_TEST(headerOf(methodNotAllowed("GET, OPTIONS"), "Allow") == "GET, OPTIONS");
    BOOST_TEST(headerOf(tooManyRequests(10), "Retry-After") == "10");
    BOOST_TEST(headerOf(overloaded(), "Retry-After") == "1");
    BOOST_TEST(methodNotAllowed("GET").status == 405);
    BOOST_TEST(payloadTooLarge(1024).status == 413);
    BOOST_TEST(unsupportedMediaType("application/json").status == 415);
    BOOST_TEST(preconditionFailed().status == 412);
    BOOST_TEST(tooManyRequests(1).status == 429);
    BOOST_TEST(overloaded().status == 503);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
