#include "pipelines/ingest/hls/hls_master.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

constexpr Size kLargest{4096, 2304};

constexpr std::string_view kLadder =
    "#EXTM3U\r\n#EXT-X-VERSION:6\r\n"
    "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"One, two\",URI=\"one.m3u8\"\r\n"
    "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"Main\",DEFAULT=YES,URI=\"main.m3u8\"\r\n"
    "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"b\",NAME=\"Other\",URI=\"other.m3u8\"\r\n"
    "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"English\",URI=\"words.m3u8\"\r\n"
    "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9,URI=\"trick.m3u8\"\r\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS=\"avc1,mp4a\",RESOLUTION=640x360,AUDIO=\"b\"\r\nlow.m3u8\r\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1920x1080,AUDIO=\"a\",SUBTITLES=\"s\"\r\n# note\r\nhigh.m3u8\r\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=60000000,RESOLUTION=7680x4320,AUDIO=\"a\"\r\nhuge.m3u8\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(hls_master)

BOOST_AUTO_TEST_CASE(the_best_variant_that_fits_and_its_sound_are_left) {
    const auto chosen = chooseHlsVariant(kLadder, kLargest);
    BOOST_REQUIRE(chosen.ok());
    BOOST_TEST(*chosen ==
               "#EXTM3U\n#EXT-X-VERSION:6\n"
               "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"Main\",DEFAULT=YES,URI=\"main.m3u8\"\n"
               "#EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1920x1080,AUDIO=\"a\",SUBTITLES=\"s\"\nhigh.m3u8\n");
    const auto small = chooseHlsVariant(kLadder, {4096, 720});
    BOOST_REQUIRE(small.ok());
    BOOST_TEST(small->ends_with("\nlow.m3u8\n"));
    BOOST_TEST(small->find("other.m3u8") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_media_playlist_stays_as_it_is) {
    constexpr std::string_view kMediaPlaylist = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n";
    BOOST_TEST(chooseHlsVariant(kMediaPlaylist, kLargest).value() == kMediaPlaylist);
}

BOOST_AUTO_TEST_CASE(what_is_no_playlist_or_has_nothing_to_show_is_refused) {
    BOOST_TEST(!chooseHlsVariant("<html>", kLargest).ok());
    BOOST_TEST(!chooseHlsVariant("", kLargest).ok());
    BOOST_TEST(!chooseHlsVariant("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n", kLargest).ok());
    BOOST_TEST(!chooseHlsVariant("#EXTM3U\n" + std::string(kLongestHlsPlaylist, '#'), kLargest).ok());
    const auto large = chooseHlsVariant("#EXTM3U\n#EXT-X-STREAM-INF:RESOLUTION=7680x4320\na.m3u8\n", kLargest);
    BOOST_TEST(toString(large.error().code) == "unsupported");
    const auto turned = chooseHlsVariant("#EXTM3U\n#EXT-X-STREAM-INF:RESOLUTION=1080x1920\na.m3u8\n", kLargest);
    BOOST_TEST(turned.ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
