#include "mcu/base/url_text.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(url_text)

BOOST_AUTO_TEST_CASE(a_url_is_shown_without_what_can_hold_a_credential) {
    BOOST_TEST(withoutCredentials("rtmp://h:1935/live/KEY") == "rtmp://h:1935/live/***");
    BOOST_TEST(withoutCredentials("srt://h:9000?passphrase=KEY") == "srt://h:9000/***");
    BOOST_TEST(withoutCredentials("rtsp://u:p@h/cam") == "rtsp://h/cam");
    BOOST_TEST(withoutCredentials("https://h") == "https://h");
    BOOST_TEST(withoutCredentials("udp://@239.0.0.1:5000") == "udp://239.0.0.1:5000");
    BOOST_TEST(withoutCredentials("clip.mp4?x=KEY") == "clip.mp4");
    BOOST_TEST(withoutCredentials("a://b@c@d/e/f") == "a://d/e/***");
    BOOST_TEST(withoutCredentials("") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
