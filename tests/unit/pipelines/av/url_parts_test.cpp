#include "pipelines/av/url_parts.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(url_parts)

BOOST_AUTO_TEST_CASE(a_url_is_split_as_libavformat_does) {
    const auto url = splitUrl("rtsp://user:secret@[2001:db8::1]:8554/a/b?c=d", "rtsp | srt");
    BOOST_REQUIRE(url.ok());
    BOOST_TEST(url->scheme == "rtsp");
    BOOST_TEST(url->user == "user:secret");
    BOOST_TEST(url->host == "2001:db8::1");
    BOOST_TEST(url->port == 8554);
    BOOST_TEST(url->path == "/a/b?c=d");

    const auto listener = splitUrl("srt://:9000", "rtsp | srt");
    BOOST_REQUIRE(listener.ok());
    BOOST_TEST(listener->host == "");
    BOOST_TEST(listener->port == 9000);
    BOOST_TEST(splitUrl("srt://h", "srt")->port == -1);
}

BOOST_AUTO_TEST_CASE(other_schemes_and_endless_urls_are_refused) {
    for (const char* url : {"http://h", "srt:h", "file:/etc/passwd", "", "srtp://h", "|://h", "concat:srt://h"}) {
        const auto parts = splitUrl(url, "srt | rtsp");
        BOOST_REQUIRE(!parts.ok());
        BOOST_TEST(parts.error().field == "url");
    }
    BOOST_TEST(!splitUrl("srt://" + std::string(3000, 'h'), "srt").ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
