#include "pipelines/outputs/webvtt.h"

#include <array>
#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(webvtt)

BOOST_AUTO_TEST_CASE(what_has_a_meaning_is_escaped) {
    const std::array cues = {WebVttCue{std::chrono::milliseconds(1500), std::chrono::milliseconds(3'723'004),
                                       "a < b & c --> d\r\n\n\nsecond line\n\n"}};
    BOOST_TEST(toWebVtt(cues) == "WEBVTT\n\n00:00:01.500 --> 01:02:03.004\na &lt; b &amp; c --&gt; d\nsecond line\n");
    BOOST_TEST(toWebVtt({}) == "WEBVTT\n");
    BOOST_TEST(toWebVtt({}, "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n") ==
               "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
