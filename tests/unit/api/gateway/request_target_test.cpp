#include "api/gateway/request_target.h"

#include <boost/test/unit_test.hpp>

#include "api/gateway/site_service.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(request_target)

BOOST_AUTO_TEST_CASE(a_target_is_a_path_or_an_address_with_one) {
    std::string origin;
    const auto read = [&](std::string_view target) { return toOriginForm(target, origin) ? origin : "refused"; };
    BOOST_TEST(read("/a/b?c=d") == "/a/b?c=d");
    BOOST_TEST(read("http://host:80/a?b") == "/a?b");
    BOOST_TEST(read("HTTPS://host") == "/");
    BOOST_TEST(read("http://host?x=1") == "/?x=1");
    BOOST_TEST(read("/a#fragment") == "/a");
    BOOST_TEST(read("/http://x/") == "/http://x/");
    for (const auto* target : {"", "*", "host:443", "a/b", "ftp://host/", "/a b", "/a\tb", "/a\r\nX: y", "/\x7f"}) {
        BOOST_TEST(read(target) == "refused", target);
    }
}

BOOST_AUTO_TEST_CASE(parameters_are_decoded_once) {
    std::map<std::string, std::string> query;
    BOOST_TEST(readQuery("/a?x=1%262&y&z=&x=3&&%41=%2541", query));
    BOOST_TEST(query.size() == 4U);
    BOOST_TEST(query["x"] == "3");
    BOOST_TEST(query["y"] == "");
    BOOST_TEST(query["A"] == "%41");
    BOOST_TEST(!readQuery("/a?x=%zz", query));
    std::string many = "/a?";
    for (int i = 0; i < 65; ++i) many += "a" + std::to_string(i) + "=1&";
    BOOST_TEST(!readQuery(many, query));
}

BOOST_AUTO_TEST_CASE(a_site_has_a_meeting_a_view_and_a_file) {
    const auto wanted = readSiteRequest("/hls/board/main/index.m3u8", "/hls/board/main/index.m3u8?_HLS_msn=3");
    BOOST_REQUIRE(wanted.has_value());
    BOOST_TEST(wanted->meeting == "board");
    BOOST_TEST(wanted->view == "main");
    BOOST_TEST(wanted->file == "index.m3u8");
    BOOST_TEST(wanted->query.at("_HLS_msn") == "3");
    for (const auto* path :
         {"/hls/", "/hls/a", "/hls/a/b", "/hls/a/b/", "/hls//b/c", "/hls/a//c", "/hls/a/b/c/d", "/x/a/b/c"}) {
        BOOST_TEST(!readSiteRequest(path, path).has_value(), path);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
