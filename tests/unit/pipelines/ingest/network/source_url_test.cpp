#include "pipelines/ingest/network/source_url.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(source_url)

BOOST_AUTO_TEST_CASE(a_url_is_taken_apart) {
    const auto url = parseSourceUrl("RTSP://ann:p%40ss@Camera.example.org:8554/a/b?profile=1&x=%2F#top");
    BOOST_REQUIRE(url.ok());
    BOOST_TEST(url->scheme == "rtsp");
    BOOST_TEST(url->user == "ann");
    BOOST_TEST(url->password == "p@ss");
    BOOST_TEST(url->host == "camera.example.org");
    BOOST_TEST(url->port == 8554);
    BOOST_TEST(url->path == "/a/b");
    BOOST_TEST(url->queryValue("profile") == "1");
    BOOST_TEST(url->queryValue("x") == "/");
    BOOST_TEST(url->queryValue("y") == "");
    BOOST_TEST(parseSourceUrl("srt://[2001:db8::1]:9000")->host == "2001:db8::1");
    BOOST_TEST(parseSourceUrl("rtsp://a@b@192.0.2.1/")->host == "192.0.2.1");
    BOOST_TEST(percentEncoded("a b@/") == "a%20b%40%2F");
}

BOOST_AUTO_TEST_CASE(what_is_no_single_url_is_refused) {
    for (const std::string& text :
         {std::string(), std::string("rtsp"), std::string("://host"), std::string("concat:rtsp://a|b"),
          std::string("crypto+http://a/b"), std::string("rtsp://a b/"), std::string("rtsp://a\n/"),
          std::string("rtsp://host:0/"), std::string("rtsp://host:65536/"), std::string("rtsp://host:80x/"),
          std::string("rtsp://[::1/"), std::string("rtsp://[host]/"), std::string("rtsp://[::1]x/"),
          std::string("rtsp://ho%73t/"), std::string("rtsp://a%0@host/"), std::string("rtsp://a%0a@host/"),
          std::string("rtsp://host/") + std::string(2048, 'a')}) {
        const auto url = parseSourceUrl(text);
        BOOST_REQUIRE_MESSAGE(!url.ok(), text);
        BOOST_TEST(url.error().field == "url");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
