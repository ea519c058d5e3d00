#include "tests/unit/pipelines/outputs/hls/hls_site_fixture.h"

namespace tessera {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

BOOST_AUTO_TEST_SUITE(hls_playlist)

BOOST_AUTO_TEST_CASE(a_media_playlist_says_what_the_specification_wants) {
    HlsSiteFixture f;
    const auto stream = publish(f, variantOf());
    addSegment(*stream, 0);
    stream->onSegmentBegin(MediaTime(seconds(2)), false);
    addPart(*stream, true);
    const std::string text = plain(f.text(kMedia), "index_720p_2500k");
    BOOST_TEST(
        text ==
        "#EXTM3U\n"
        "#EXT-X-VERSION:9\n"
        "#EXT-X-TARGETDURATION:3\n"
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=9.0,PART-HOLD-BACK=1.00000,CAN-SKIP-UNTIL=18.00000\n"
        "#EXT-X-PART-INF:PART-TARGET=0.33334\n"
        "#EXT-X-MEDIA-SEQUENCE:1\n"
        "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-MAP:URI=\"index_720p_2500k-i0.mp4\"\n"
        "#EXT-X-PROGRAM-DATE-TIME:2025-11-21T12:00:00.000Z\n"
        "#EXT-X-PART:DURATION=0.33333,URI=\"index_720p_2500k-1.0.m4s\",INDEPENDENT=YES\n"
        "#EXT-X-PART:DURATION=0.33333,URI=\"index_720p_2500k-1.1.m4s\"\n"
        "#EXT-X-PART:DURATION=0.33333,URI=\"index_720p_2500k-1.2.m4s\"\n"
        "#EXT-X-PART:DURATION=0.33333,URI=\"index_720p_2500k-1.3.m4s\"\n"
        "#EXT-X-PART:DURATION=0.33333,URI=\"index_720p_2500k-1.4.m4s\"\n"
        "#EXT-X-PART:DURATION=0.33333,URI=\"index_720p_2500k-1.5.m4s\"\n"
        "#EXTINF:2.00000,\n"
        "index_720p_2500k-1.m4s\n"
        "#EXT-X-PROGRAM-DATE-TIME:2025-11-21T12:00:02.000Z\n"
        "#EXT-X-PART:DURATION=0.33333,URI=\"index_720p_2500k-2.0.m4s\",INDEPENDENT=YES\n"
        "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"index_720p_2500k-2.1.m4s\"\n");
}

BOOST_AUTO_TEST_CASE(captions_are_a_playlist_of_their_own_and_chapters_are_date_ranges) {
    HlsSiteFixture f;
    auto variant = variantOf();
    variant.captions = "en";
    const auto stream = publish(f, variant);
    stream->onSegmentBegin(MediaTime{}, false);
    stream->addCue({.kind = CueKind::Chapter, .at = MediaTime(milliseconds(500)), .text = "\"Welcome\"\n"});
    stream->addCue({.at = MediaTime(milliseconds(1500)), .duration = seconds(1), .text = "Good <morning>"});
    for (int i = 0; i < 6; ++i) addPart(*stream, i == 0, 10, i == 5 ? Duration(333'333'335) : Duration(333'333'333));
    stream->onSegmentEnd();
    addSegment(*stream, 1);
    addSegment(*stream, 2);
    stream->onSegmentBegin(MediaTime(seconds(6)), false);
    stream->addCue({.kind = CueKind::Chapter, .at = MediaTime(milliseconds(6100)), .text = "Soon"});
    addPart(*stream, true);
    BOOST_TEST(count(f.text(kMedia), "Soon") == 0U);

    const std::string master = f.text("index.m3u8");
    BOOST_TEST(count(master,
                     "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"Captions\",LANGUAGE=\"en\","
                     "AUTOSELECT=YES,DEFAULT=YES,FORCED=NO,URI=\"index_720p_2500k_captions.m3u8\"\n") == 1U);
    BOOST_TEST(count(master, ",SUBTITLES=\"captions\"\n") == 1U);
    BOOST_TEST(count(f.text(kMedia),
                     "#EXT-X-DATERANGE:ID=\"chapter-1\",CLASS=\"chapter\",START-DATE=\"2025-11-21T12:00:"
                     "00.500Z\",END-ON-NEXT=YES,X-TITLE=\" Welcome  \"\n") == 1U);

    const std::string captions = f.text("index_720p_2500k_captions.m3u8");
    BOOST_TEST(count(captions, "#EXTINF:2.00000,\n") == 3U);
    BOOST_TEST(count(captions, "#EXT-X-PART") == 0U);
    BOOST_TEST(count(captions, "#EXT-X-MAP") == 0U);
    const std::string head = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n";
    const std::string cue = "\n00:00:01.500 --> 00:00:02.500\nGood &lt;morning&gt;\n";
    const std::string first = nameAfter(captions, "#EXTINF:2.00000,\n");
    const std::string stem = first.substr(0, first.size() - 5);
    BOOST_TEST(f.text(stem + "1.vtt") == head + cue);
    BOOST_TEST(f.text(stem + "2.vtt") == head + cue);
    BOOST_TEST(f.text(stem + "3.vtt") == head);
    BOOST_TEST(f.error(stem + "9.vtt") == "not_found");

    HlsSiteFixture without;
    const auto plainStream = publish(without, variantOf());
    addSegment(*plainStream, 0);
    BOOST_TEST(without.error("index_720p_2500k_captions.m3u8") == "not_found");
    BOOST_TEST(count(without.text("index.m3u8"), "SUBTITLES") == 0U);
}

BOOST_AUTO_TEST_CASE(old_captions_and_chapters_go_with_their_segments) {
    HlsSiteFixture f;
    auto variant = variantOf();
    variant.captions = "en";
    const auto stream = publish(f, variant);
    for (int i = 0; i < 40; ++i) {
        stream->addCue({.at = MediaTime(seconds(2 * i)), .duration = seconds(1), .text = "c"});
        stream->addCue({.kind = CueKind::Chapter, .at = MediaTime(seconds(2 * i)), .text = "t" + std::to_string(i)});
        addSegment(*stream, i);
    }
    const std::string text = f.text(kMedia);
    BOOST_TEST(count(text, "X-TITLE=\"t39\"") == 1U);
    BOOST_TEST(count(text, "#EXT-X-DATERANGE") <= 10U);
    BOOST_TEST(count(text, "X-TITLE=\"t1\"") == 0U);
}

BOOST_AUTO_TEST_CASE(without_low_latency_and_in_a_transport_stream_there_are_only_segments) {
    HlsSiteFixture f;
    auto variant = variantOf();
    variant.isLowLatency = false;
    variant.container = HlsContainer::MpegTs;
    const auto stream = publish(f, variant);
    addSegment(*stream, 0);
    stream->onSegmentBegin(MediaTime(seconds(2)), false);
    addPart(*stream);
    BOOST_TEST(plain(f.text(kMedia), "index_720p_2500k") ==
               "#EXTM3U\n"
               "#EXT-X-VERSION:3\n"
               "#EXT-X-TARGETDURATION:3\n"
               "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=9.0\n"
               "#EXT-X-MEDIA-SEQUENCE:1\n"
               "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
               "#EXT-X-INDEPENDENT-SEGMENTS\n"
               "#EXT-X-PROGRAM-DATE-TIME:2025-11-21T12:00:00.000Z\n"
               "#EXTINF:2.00000,\n"
               "index_720p_2500k-1.ts\n");
}

BOOST_AUTO_TEST_CASE(a_master_playlist_lists_the_rungs_with_what_players_choose_by) {
    HlsSiteFixture f;
    const auto high = publish(f, variantOf());
    BOOST_TEST(f.error("index.m3u8") == "waits");
    addSegment(*high, 0, false, 200'000);
    BOOST_REQUIRE(f.answered("index.m3u8") == 1U);
    auto small = variantOf(600);
    small.video.size = {640, 360};
    const auto low = publish(f, small);
    addSegment(*low, 0);
    BOOST_TEST(f.text("index.m3u8") ==
               "#EXTM3U\n"
               "#EXT-X-VERSION:6\n"
               "#EXT-X-INDEPENDENT-SEGMENTS\n"
               "#EXT-X-STREAM-INF:BANDWIDTH=4800000,AVERAGE-BANDWIDTH=2759400,CODECS=\"avc1.42C01F,mp4a.40.2\","
               "RESOLUTION=1280x720,FRAME-RATE=30.000\n"
               "index_720p_2500k.m3u8\n"
               "#EXT-X-STREAM-INF:BANDWIDTH=955500,AVERAGE-BANDWIDTH=764400,CODECS=\"avc1.42C01F,mp4a.40.2\","
               "RESOLUTION=640x360,FRAME-RATE=30.000\n"
               "index_360p_600k.m3u8\n");
    const std::string media = f.text(kMedia);
    BOOST_TEST(count(media, "#EXT-X-RENDITION-REPORT:URI=\"index_360p_600k.m3u8\",LAST-MSN=1,LAST-PART=5\n") == 1U);
}

BOOST_AUTO_TEST_CASE(a_sliding_window_keeps_its_length_counts_what_left_and_serves_what_just_left) {
    HlsSiteFixture f;
    const auto stream = publish(f, variantOf());
    addSegment(*stream, 0);
    addSegment(*stream, 1);
    addSegment(*stream, 2, true);
    addSegment(*stream, 3);
    const std::string first = nameAfter(f.text(kMedia), "EXTINF:2.00000,\n");
    for (int i = 4; i < 8; ++i) addSegment(*stream, i);
    const std::string text = f.text(kMedia);
    // Four segments would be less than three target durations.
    BOOST_TEST(count(text, "#EXTINF:") == 5U);
    BOOST_TEST(count(text, "#EXT-X-MEDIA-SEQUENCE:4\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n") == 1U);
    BOOST_TEST(count(text, "#EXT-X-MAP") == 1U);
    BOOST_TEST(count(text, first) == 0U);
    BOOST_TEST(f.error(first).empty());
    for (int i = 8; i < 20; ++i) addSegment(*stream, i);
    BOOST_TEST(f.error(first) == "not_found");
}

BOOST_AUTO_TEST_CASE(a_delta_update_leaves_out_what_is_older_than_the_skip_boundary) {
    HlsSiteFixture f;
    auto variant = variantOf();
    variant.isEvent = true;
    const auto stream = publish(f, variant);
    for (int i = 0; i < 20; ++i) addSegment(*stream, i);
    const std::string text = f.text(kMedia, {{"_HLS_skip", "YES"}});
    BOOST_TEST(count(text, "#EXT-X-MEDIA-SEQUENCE:1\n") == 1U);
    BOOST_TEST(count(text, "#EXT-X-SKIP:SKIPPED-SEGMENTS=11\n") == 1U);
    BOOST_TEST(count(text, "#EXTINF:") == 9U);
    BOOST_TEST(count(f.text(kMedia), "#EXTINF:") == 20U);
}

BOOST_AUTO_TEST_CASE(an_event_offers_delta_updates_also_without_parts_and_for_its_captions) {
    HlsSiteFixture f;
    auto variant = variantOf();
    variant.isEvent = true;
    variant.isLowLatency = false;
    variant.captions = "en";
    const auto stream = publish(f, variant);
    for (int i = 0; i < 20; ++i) addSegment(*stream, i);
    for (const char* file : {kMedia, "index_720p_2500k_captions.m3u8"}) {
        BOOST_TEST(count(f.text(file), ",CAN-SKIP-UNTIL=18.00000\n") == 1U);
        BOOST_TEST(count(f.text(file), "#EXTINF:") == 20U);
        const std::string update = f.text(file, {{"_HLS_skip", "YES"}});
        BOOST_TEST(update.starts_with("#EXTM3U\n#EXT-X-VERSION:9\n"));
        BOOST_TEST(count(update, "#EXT-X-SKIP:SKIPPED-SEGMENTS=11\n") == 1U);
        BOOST_TEST(count(update, "#EXTINF:") == 9U);
    }
}

BOOST_AUTO_TEST_CASE(a_token_is_carried_into_every_uri) {
    HlsSiteFixture f;
    const auto stream = publish(f, variantOf());
    addSegment(*stream, 0);
    const auto other = publish(f, variantOf(600));
    addSegment(*other, 0);
    const std::map<std::string, std::string> query = {{"token", "aB.c-_~9"}};
    BOOST_TEST(count(f.text("index.m3u8", query), ".m3u8?token=aB.c-_~9\n") == 2U);
    const std::string text = f.text(kMedia, query);
    BOOST_TEST(count(text, "URI=\"") == 9U);  // map, six parts, hint, report
    BOOST_TEST(count(text, "?token=aB.c-_~9\"") == 9U);
    BOOST_TEST(count(text, ".m4s?token=aB.c-_~9\n") == 1U);
    BOOST_TEST(count(f.text(kMedia), "token") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
