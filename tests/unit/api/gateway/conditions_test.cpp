#include "api/gateway/conditions.h"

#include <boost/test/unit_test.hpp>

#include "api/gateway/http_date.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(conditions)

namespace {

constexpr std::int64_t kThen = 784111777;  // RFC 9110's example
constexpr const char* kThenText = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char* kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr const char* kAfter = "Mon, 07 Nov 1994 08:49:37 GMT";
const Validators kPresent{"\"a\"", kThen};

Precondition check(const std::map<std::string, std::string>& headers) {
    HttpRequest request;
    request.headers = headers;
    return checkConditions(request, kPresent);
}

bool wantsRange(const std::string& ifRange, std::int64_t now = kThen + 60) {
    HttpRequest request;
    request.headers["if-range"] = ifRange;
    return isRangeWanted(request, kPresent, now);
}

}  // namespace

BOOST_AUTO_TEST_CASE(dates_are_written_and_read_as_imf_fixdate) {
    BOOST_TEST(toHttpDate(kThen) == kThenText);
    BOOST_TEST(toHttpDate(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_TEST(parseHttpDate(kThenText).value() == kThen);
    for (std::int64_t time = 0; time < 4'000'000'000; time += 86399 * 37) {
        BOOST_TEST(parseHttpDate(toHttpDate(time)).value_or(-1) == time);
    }
    for (const auto* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z",
                             "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:49:37 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT"}) {
        BOOST_TEST(!parseHttpDate(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(a_tag_that_the_client_has_is_not_sent_again) {
    BOOST_TEST((check({}) == Precondition::Holds));
    for (const auto* list : {"\"a\"", "*", "W/\"a\"", "\"b\", \"a\"", "\"b\",W/\"a\" , \"c\""}) {
        BOOST_TEST((check({{"if-none-match", list}}) == Precondition::NotModified), list);
    }
    for (const auto* list : {"\"b\"", "a", "\"a", "\"b\", \"c\"", ",", "W/"}) {
        BOOST_TEST((check({{"if-none-match", list}}) == Precondition::Holds), list);
    }
}

BOOST_AUTO_TEST_CASE(if_match_compares_strongly) {
    BOOST_TEST((check({{"if-match", "\"a\""}}) == Precondition::Holds));
    BOOST_TEST((check({{"if-match", "*"}}) == Precondition::Holds));
    BOOST_TEST((check({{"if-match", "W/\"a\""}}) == Precondition::Fails));
    BOOST_TEST((check({{"if-match", "\"b\""}}) == Precondition::Fails));
}

BOOST_AUTO_TEST_CASE(dates_count_where_no_tag_does) {
    BOOST_TEST((check({{"if-modified-since", kThenText}}) == Precondition::NotModified));
    BOOST_TEST((check({{"if-modified-since", kAfter}}) == Precondition::NotModified));
    BOOST_TEST((check({{"if-modified-since", kBefore}}) == Precondition::Holds));
    BOOST_TEST((check({{"if-modified-since", "nonsense"}}) == Precondition::Holds));
    BOOST_TEST((check({{"if-unmodified-since", kBefore}}) == Precondition::Fails));
    BOOST_TEST((check({{"if-unmodified-since", kThenText}}) == Precondition::Holds));
    BOOST_TEST((check({{"if-none-match", "\"b\""}, {"if-modified-since", kAfter}}) == Precondition::Holds));
    BOOST_TEST((check({{"if-match", "\"a\""}, {"if-unmodified-since", kBefore}}) == Precondition::Holds));
}

BOOST_AUTO_TEST_CASE(a_range_of_something_else_is_not_wanted) {
    BOOST_TEST(wantsRange(""));
    BOOST_TEST(wantsRange("\"a\""));
    BOOST_TEST(!wantsRange("W/\"a\""));
    BOOST_TEST(!wantsRange("\"b\""));
    BOOST_TEST(wantsRange(kThenText));
    BOOST_TEST(!wantsRange(kThenText, kThen));  // it may have changed within that second
    BOOST_TEST(!wantsRange(kBefore));
    BOOST_TEST(!wantsRange(kAfter));
    BOOST_TEST(!wantsRange("nonsense"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
