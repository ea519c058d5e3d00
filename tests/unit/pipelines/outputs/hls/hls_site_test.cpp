#include "pipelines/outputs/hls/hls_site.h"

#include <atomic>
#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kNoonMs = 1'763'726'400'000;  // 2025-11-21T12:00:00Z

HlsVariant variantOf(int kbps = 2500) {
    HlsVariant variant;
    variant.video.bitrateKbps = kbps;
    variant.nominalKbps = kbps + 128;
    variant.windowSegments = 4;
    return variant;
}

struct Fixture {
    ManualClock clock;
    HlsSite site{clock, [] { return kNoonMs; }};
    HlsPlace place{"mtg_1", "main", "index"};
    std::map<std::string, std::vector<Result<HlsAnswer>>> answers;

    HlsSite::Ticket get(const std::string& file, std::map<std::string, std::string> query = {}, std::string key = {}) {
        if (key.empty()) key = file;
        answers[key];
        return site.get({place.meeting, place.view, file, std::move(query)},
                        [this, key](Result<HlsAnswer> answer) { answers[key].push_back(std::move(answer)); });
    }
    /// Of a file that is there.
    std::string text(const std::string& file, std::map<std::string, std::string> query = {}) {
        answers.erase(file);
        BOOST_REQUIRE(get(file, std::move(query)) == 0U);
        BOOST_REQUIRE(answers[file].size() == 1U);
        BOOST_REQUIRE_MESSAGE(answers[file][0].ok(), file);
        return *answers[file][0].value().body;
    }
    std::string error(const std::string& file, std::map<std::string, std::string> query = {}) {
        answers.erase(file);
        if (get(file, std::move(query)) != 0U) return "waits";
        return answers[file][0].ok() ? "" : std::string(toString(answers[file][0].error().code));
    }
    std::size_t answered(const std::string& key) { return answers[key].size(); }
};

void addPart(HlsPublication& stream, bool isIndependent = false, std::size_t bytes = 10,
             Duration duration = Duration(333'333'333)) {
    BOOST_REQUIRE(stream.onPart({duration, isIndependent, std::make_shared<const std::string>(bytes, 'x')}).ok());
}

/// Six parts of a third of a second.
void addSegment(HlsPublication& stream, int index, bool isDiscontinuous = false, std::size_t bytes = 10) {
    stream.onSegmentBegin(MediaTime(seconds(2 * index)), isDiscontinuous);
    for (int i = 0; i < 6; ++i) addPart(stream, i == 0, bytes, i == 5 ? Duration(333'333'335) : Duration(333'333'333));
    stream.onSegmentEnd();
}

std::unique_ptr<HlsPublication> publish(Fixture& f, const HlsVariant& variant) {
    auto stream = f.site.publish(f.place, variant);
    BOOST_REQUIRE(stream.ok());
    (*stream)->onInitialization(std::make_shared<const std::string>("init"), "avc1.42C01F,mp4a.40.2");
    return std::move(stream).value();
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

/// Without the random tag in the names.
std::string plain(std::string text, const std::string& stem) {
    for (auto at = text.find(stem + "-"); at != std::string::npos; at = text.find(stem + "-", at + 1)) {
        text.erase(at + stem.size(), 9);
    }
    return text;
}

/// The name that stands behind `before` in a playlist, up to a quote or the end of the line.
std::string nameAfter(const std::string& text, const std::string& before) {
    const auto at = text.find(before);
    BOOST_REQUIRE(at != std::string::npos);
    const auto begin = at + before.size();
    return text.substr(begin, text.find_first_of("\"\n", begin) - begin);
}

constexpr const char* kMedia = "index_720p_2500k.m3u8";

}  // namespace

BOOST_AUTO_TEST_SUITE(hls_site)

BOOST_AUTO_TEST_CASE(a_media_playlist_says_what_the_specification_wants) {
    Fixture f;
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
    Fixture f;
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

    Fixture without;
    const auto plainStream = publish(without, variantOf());
    addSegment(*plainStream, 0);
    BOOST_TEST(without.error("index_720p_2500k_captions.m3u8") == "not_found");
    BOOST_TEST(count(without.text("index.m3u8"), "SUBTITLES") == 0U);
}

BOOST_AUTO_TEST_CASE(old_captions_and_chapters_go_with_their_segments) {
    Fixture f;
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
    Fixture f;
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
    Fixture f;
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

BOOST_AUTO_TEST_CASE(a_blocking_reload_is_answered_exactly_when_its_part_exists) {
    Fixture f;
    const auto stream = publish(f, variantOf());
    addSegment(*stream, 0);
    stream->onSegmentBegin(MediaTime(seconds(2)), false);
    addPart(*stream, true);
    BOOST_TEST(f.get(kMedia, {{"_HLS_msn", "2"}, {"_HLS_part", "0"}}, "there") == 0U);
    BOOST_TEST(f.get(kMedia, {{"_HLS_msn", "2"}, {"_HLS_part", "1"}}, "part") != 0U);
    BOOST_TEST(f.get(kMedia, {{"_HLS_msn", "2"}}, "segment") != 0U);
    BOOST_TEST(f.get(kMedia, {{"_HLS_msn", "2"}, {"_HLS_part", "6"}}, "next") != 0U);
    const std::string hinted = nameAfter(f.text(kMedia), "TYPE=PART,URI=\"");
    BOOST_TEST(f.get(hinted, {}, "hint") != 0U);
    BOOST_TEST(f.answered("part") == 0U);
    addPart(*stream);
    BOOST_TEST(f.answered("part") == 1U);
    BOOST_TEST(count(*f.answers["part"][0].value().body, "-2.1.m4s\"") == 1U);
    BOOST_TEST(f.answered("hint") == 1U);
    for (int i = 0; i < 4; ++i) addPart(*stream);
    BOOST_TEST(f.answered("segment") == 0U);
    stream->onSegmentEnd();
    BOOST_TEST(f.answered("segment") == 1U);
    BOOST_TEST(f.answered("next") == 0U);
    stream->onSegmentBegin(MediaTime(seconds(4)), false);
    BOOST_TEST(f.answered("next") == 0U);
    addPart(*stream, true);
    BOOST_TEST(f.answered("next") == 1U);
    BOOST_TEST(f.site.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(what_cannot_come_is_refused_at_once) {
    Fixture f;
    const auto stream = publish(f, variantOf());
    addSegment(*stream, 0);
    BOOST_TEST(f.error(kMedia, {{"_HLS_part", "0"}}) == "invalid_argument");
    BOOST_TEST(f.error(kMedia, {{"_HLS_msn", "x"}}) == "invalid_argument");
    BOOST_TEST(f.error(kMedia, {{"_HLS_msn", "-1"}}) == "invalid_argument");
    BOOST_TEST(f.error(kMedia, {{"_HLS_msn", "4"}}) == "invalid_argument");
    BOOST_TEST(f.error(kMedia, {{"_HLS_msn", "2"}, {"_HLS_part", "11"}}) == "invalid_argument");
    BOOST_TEST(f.error(kMedia, {{"_HLS_msn", "3"}}) == "waits");
    BOOST_TEST(f.error(kMedia, {{"token", "a\"b"}}) == "invalid_argument");
    for (const char* name :
         {"", "other.m3u8", "index_720p_2500k-1.m4s", "../index.m3u8", "index.mp4", "index.m3u8.gz"}) {
        BOOST_TEST(f.error(name) == "not_found");
    }
    const std::string segment = nameAfter(f.text(kMedia), "EXTINF:2.00000,\n");
    BOOST_TEST(f.text(segment).size() == 60U);
    const std::string stem = segment.substr(0, segment.rfind('-'));
    BOOST_TEST(f.text(stem + "-i0.mp4") == "init");
    for (const char* rest :
         {"-i1.mp4", "-1.6.m4s", "-1.ts", "-3.m4s", "-2.1.m4s", "-2.m4s", "-0.m4s", "-99999999999999999999.m4s"}) {
        BOOST_TEST(f.error(stem + rest) == "not_found");
    }
    BOOST_TEST(f.error(stem + "-2.0.m4s") == "waits");
}

BOOST_AUTO_TEST_CASE(a_request_waits_no_longer_than_three_target_durations_and_can_be_cancelled) {
    Fixture f;
    const auto stream = publish(f, variantOf());
    addSegment(*stream, 0);
    const auto late = f.get(kMedia, {{"_HLS_msn", "2"}}, "late");
    const auto gone = f.get(kMedia, {{"_HLS_msn", "2"}}, "gone");
    BOOST_TEST(f.site.cancel(gone));
    BOOST_TEST(!f.site.cancel(gone));
    f.clock.advance(seconds(9) - milliseconds(1));
    f.site.sweep();
    BOOST_TEST(f.answered("late") == 0U);
    f.clock.advance(milliseconds(1));
    f.site.sweep();
    BOOST_REQUIRE(f.answered("late") == 1U);
    BOOST_TEST(toString(f.answers["late"][0].error().code) == "capacity");
    BOOST_TEST(!f.site.cancel(late));
    addSegment(*stream, 1);
    BOOST_TEST(f.answered("gone") == 0U);
    BOOST_TEST(f.answered("late") == 1U);
}

BOOST_AUTO_TEST_CASE(a_stream_that_ends_says_so_answers_who_waits_and_goes_a_minute_later) {
    Fixture f;
    auto stream = publish(f, variantOf());
    addSegment(*stream, 0);
    BOOST_TEST(f.get(kMedia, {{"_HLS_msn", "2"}}, "reload") != 0U);
    const std::string hinted = nameAfter(f.text(kMedia), "TYPE=PART,URI=\"");
    BOOST_TEST(f.get(hinted) != 0U);
    stream.reset();
    BOOST_REQUIRE(f.answered("reload") == 1U);
    BOOST_TEST(f.answers["reload"][0].value().body->ends_with("#EXT-X-ENDLIST\n"));
    BOOST_REQUIRE(f.answered(hinted) == 1U);
    BOOST_TEST(!f.answers[hinted][0].ok());
    f.clock.advance(seconds(59));
    f.site.sweep();
    BOOST_TEST(count(f.text(kMedia), "#EXT-X-PRELOAD-HINT") == 0U);
    f.clock.advance(seconds(1));
    f.site.sweep();
    BOOST_TEST(f.error(kMedia) == "not_found");
    BOOST_TEST(f.error("index.m3u8") == "not_found");
}

BOOST_AUTO_TEST_CASE(a_sliding_window_keeps_its_length_counts_what_left_and_serves_what_just_left) {
    Fixture f;
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

BOOST_AUTO_TEST_CASE(memory_is_bounded_and_an_event_that_fills_it_ends) {
    Fixture f;
    auto variant = variantOf();
    variant.memoryBytes = 1000;
    {
        const auto stream = publish(f, variant);
        for (int i = 0; i < 50; ++i) addSegment(*stream, i, false, 50);
        const std::string text = f.text(kMedia);
        BOOST_TEST(count(text, "#EXTINF:") == 3U);
        BOOST_TEST(count(text, "#EXT-X-MEDIA-SEQUENCE:48\n") == 1U);
    }
    variant.isEvent = true;
    const auto stream = publish(f, variant);
    for (int i = 0; i < 3; ++i) addSegment(*stream, i, false, 50);
    BOOST_TEST(count(f.text(kMedia), "#EXT-X-PLAYLIST-TYPE:EVENT\n") == 1U);
    stream->onSegmentBegin(MediaTime(seconds(6)), false);
    const auto full = stream->onPart({milliseconds(333), true, std::make_shared<const std::string>(101, 'x')});
    BOOST_TEST(!full.ok());
    BOOST_TEST(toString(full.error().code) == "capacity");
}

BOOST_AUTO_TEST_CASE(a_delta_update_leaves_out_what_is_older_than_the_skip_boundary) {
    Fixture f;
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
    Fixture f;
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

BOOST_AUTO_TEST_CASE(caches_may_keep_what_was_asked_for_by_number_and_everything_else_briefly) {
    Fixture f;
    auto variant = variantOf();
    variant.isPublic = true;
    const auto stream = publish(f, variant);
    addSegment(*stream, 0);
    const auto answer = [&](const std::string& file, std::map<std::string, std::string> query = {}) {
        f.answers.erase(file);
        BOOST_REQUIRE(f.get(file, std::move(query)) == 0U);
        return f.answers[file][0].value();
    };
    BOOST_TEST(answer(kMedia).maxAgeSeconds == 1);
    BOOST_TEST(answer("index.m3u8").maxAgeSeconds == 1);
    BOOST_TEST(answer(kMedia, {{"_HLS_msn", "1"}, {"_HLS_part", "3"}}).maxAgeSeconds == 18);
    BOOST_TEST(answer(nameAfter(f.text(kMedia), "EXTINF:2.00000,\n")).maxAgeSeconds == 3600);
    BOOST_TEST(answer(kMedia).isPublic);
    BOOST_TEST(f.get(kMedia, {{"_HLS_msn", "2"}}, "later") != 0U);
    const auto hidden = publish(f, variantOf(600));
    addSegment(*stream, 1);
    BOOST_TEST(f.answers["later"][0].value().isPublic);  // as it was when it was asked for
    BOOST_TEST(!answer(kMedia).isPublic);
}

BOOST_AUTO_TEST_CASE(a_stream_that_begins_again_counts_on_so_that_no_cache_has_its_playlists) {
    Fixture f;
    auto stream = publish(f, variantOf());
    for (int i = 0; i < 4; ++i) addSegment(*stream, i);
    const std::string first = nameAfter(f.text(kMedia), "EXTINF:2.00000,\n");
    stream.reset();
    const auto again = publish(f, variantOf());
    addSegment(*again, 20);
    // The first could be asked for 5, the next, and for 6.
    BOOST_TEST(count(f.text(kMedia), "#EXT-X-MEDIA-SEQUENCE:7\n") == 1U);
    BOOST_TEST(nameAfter(f.text(kMedia), "EXTINF:2.00000,\n").substr(0, first.rfind('-')) !=
               first.substr(0, first.rfind('-')));
}

BOOST_AUTO_TEST_CASE(a_thousand_who_wait_get_one_text_and_each_token_a_copy_of_it) {
    Fixture f;
    const auto stream = publish(f, variantOf());
    addSegment(*stream, 0);
    std::vector<HlsSite::Ticket> tickets;
    for (int i = 0; i < 1000; ++i) {
        std::map<std::string, std::string> query{{"_HLS_msn", "2"}, {"_HLS_part", "0"}};
        if (i % 2 == 1) query["token"] = "viewer-" + std::to_string(i);
        tickets.push_back(f.get(kMedia, query, std::to_string(i)));
    }
    for (int i = 999; i >= 0; i -= 10) BOOST_TEST(f.site.cancel(tickets[static_cast<std::size_t>(i)]));
    BOOST_TEST(f.site.waiting() == 900U);
    stream->onSegmentBegin(MediaTime(seconds(2)), false);
    addPart(*stream, true);
    BOOST_TEST(f.site.waiting() == 0U);
    const HlsBytes shared = f.answers["0"].at(0).value().body;
    for (int i = 0; i < 1000; ++i) {
        const auto& answers = f.answers[std::to_string(i)];
        if (i % 10 == 9) {
            BOOST_TEST(answers.empty());
            continue;
        }
        BOOST_REQUIRE(answers.size() == 1U);
        const HlsBytes body = answers[0].value().body;
        if (i % 2 == 0) BOOST_TEST(body == shared);
        if (i % 2 == 1) {
            const std::string query = "?token=viewer-" + std::to_string(i);
            BOOST_TEST(count(*body, query) == count(*shared, ".m4s") + 1);  // and the initialization
            BOOST_TEST(body->size() == shared->size() + count(*body, query) * query.size());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_token_is_carried_into_every_uri) {
    Fixture f;
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

BOOST_AUTO_TEST_CASE(places_and_names_are_kept_apart_and_public_means_all_of_a_ladder) {
    Fixture f;
    auto variant = variantOf();
    variant.isPublic = true;
    auto stream = publish(f, variant);
    addSegment(*stream, 0);
    BOOST_TEST(f.site.isPublic("mtg_1", "main", "index.m3u8"));
    BOOST_TEST(f.site.isPublic("mtg_1", "main", kMedia));
    BOOST_TEST(f.site.isPublic("mtg_1", "main", nameAfter(f.text(kMedia), "EXTINF:2.00000,\n")));
    BOOST_TEST(!f.site.isPublic("mtg_2", "main", "index.m3u8"));
    BOOST_TEST(!f.site.isPublic("mtg_1", "main", "nothing.m3u8"));
    const auto code = [&](const HlsPlace& place, const HlsVariant& what) {
        const auto published = f.site.publish(place, what);
        return published.ok() ? "" : std::string(toString(published.error().code));
    };
    BOOST_TEST(code(f.place, variant) == "conflict");
    auto ts = variantOf(600);
    ts.container = HlsContainer::MpegTs;
    BOOST_TEST(code(f.place, ts) == "conflict");
    BOOST_TEST(code({"mtg_1", "main", "a_b"}, variant) == "invalid_argument");
    BOOST_TEST(code({"mtg_1", "../main", "index"}, variant) == "invalid_argument");
    BOOST_TEST(code({"mtg_1", "side", "index"}, variant).empty());
    const auto hidden = publish(f, variantOf(600));
    BOOST_TEST(!f.site.isPublic("mtg_1", "main", "index.m3u8"));
    BOOST_TEST(!f.site.isPublic("mtg_1", "main", kMedia));
    stream.reset();
    const auto again = publish(f, variant);  // in place of what has ended
    BOOST_TEST(f.error(kMedia) == "waits");
}

BOOST_AUTO_TEST_CASE(many_threads_ask_and_cancel_while_streams_grow_and_end) {
    HlsSite site;
    const HlsPlace place{"mtg_1", "main", "index"};
    std::atomic<int> asked{0}, answered{0}, cancelled{0};
    std::atomic<bool> isOver{false};
    const auto ask = [&](std::uint64_t number) {
        const std::string segment = std::to_string(number % 40);
        const bool isMaster = number % 5 == 0;
        ++asked;
        const auto ticket = site.get({"mtg_1",
                                      "main",
                                      isMaster ? "index.m3u8" : kMedia,
                                      {{"_HLS_msn", segment}, {"_HLS_part", std::to_string(number % 6)}}},
                                     [&](const Result<HlsAnswer>&) { ++answered; });
        if (ticket != 0 && number % 3 == 0 && site.cancel(ticket)) ++cancelled;
        static_cast<void>(site.isPublic("mtg_1", "main", kMedia));
    };
    std::vector<Thread> viewers;
    for (std::uint64_t i = 0; i < 4; ++i) {
        viewers.emplace_back("viewer", [&, i] {
            for (std::uint64_t n = i; !isOver || n < 500; n += 7) ask(n);
        });
    }
    for (int round = 0; round < 20; ++round) {
        auto stream = std::move(site.publish(place, variantOf())).value();
        stream->onInitialization(std::make_shared<const std::string>("init"), "avc1.42C01F");
        for (int i = 0; i < 20; ++i) addSegment(*stream, i);
    }
    isOver = true;
    viewers.clear();
    BOOST_TEST(asked > 200);
    BOOST_TEST(site.waiting() == 0U);  // what has ended keeps nobody waiting
    BOOST_TEST(answered + cancelled == asked);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
