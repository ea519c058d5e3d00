#include "api/foreign_page.h"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace tessera {

BOOST_AUTO_TEST_SUITE(foreign_page)

namespace {

bool isForeign(const std::string& host, const std::string& origin, const std::vector<std::string>& allowed = {}) {
    HttpRequest request;
    if (!host.empty()) request.headers["host"] = host;
    if (!origin.empty()) request.headers["origin"] = origin;
    return isForeignPage(request, allowed);
}

}  // namespace

BOOST_AUTO_TEST_CASE(programs_and_the_servers_own_page_are_welcome) {
    BOOST_TEST(!isForeign("", ""));
    BOOST_TEST(!isForeign("127.0.0.1:8080", ""));
    BOOST_TEST(!isForeign("127.0.0.1:8080", "http://127.0.0.1:8080"));
    BOOST_TEST(!isForeign("localhost:8080", "http://localhost:8080"));
    BOOST_TEST(!isForeign("[::1]:8080", "http://[::1]:8080"));
    BOOST_TEST(!isForeign("[::1]", ""));
}

BOOST_AUTO_TEST_CASE(pages_of_other_sites_are_not) {
    BOOST_TEST(isForeign("127.0.0.1:8080", "http://evil.example"));
    BOOST_TEST(isForeign("127.0.0.1:8080", "http://127.0.0.1:9999"));
    BOOST_TEST(isForeign("127.0.0.1:8080", "null"));
    BOOST_TEST(isForeign("evil.example:8080", "http://evil.example:8080"));
    BOOST_TEST(isForeign("evil.example", ""));
    BOOST_TEST(isForeign("localhost.evil.example", ""));
    BOOST_TEST(isForeign("127.0.0.1.evil.example", ""));
}

BOOST_AUTO_TEST_CASE(listed_origins_are_welcome_but_no_other_name_is) {
    BOOST_TEST(!isForeign("127.0.0.1:8080", "https://app.example", {"https://app.example"}));
    BOOST_TEST(!isForeign("127.0.0.1:8080", "https://any.example", {"*"}));
    BOOST_TEST(isForeign("127.0.0.1:8080", "https://app.example.evil", {"https://app.example"}));
    BOOST_TEST(isForeign("evil.example:8080", "https://any.example", {"*"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
