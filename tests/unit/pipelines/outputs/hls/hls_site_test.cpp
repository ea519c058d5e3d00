#include "pipelines/outputs/hls/hls_site.h"

#include <atomic>
#include <boost/test/unit_test.hpp>

#include "tests/unit/pipelines/outputs/hls/hls_site_fixture.h"

namespace tessera {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

BOOST_AUTO_TEST_SUITE(hls_site)

BOOST_AUTO_TEST_CASE(a_blocking_reload_is_answered_exactly_when_its_part_exists) {
    HlsSiteFixture f;
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
    HlsSiteFixture f;
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
    HlsSiteFixture f;
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
    HlsSiteFixture f;
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

BOOST_AUTO_TEST_CASE(memory_is_bounded_and_an_event_that_fills_it_ends) {
    HlsSiteFixture f;
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

BOOST_AUTO_TEST_CASE(caches_may_keep_what_was_asked_for_by_number_and_everything_else_briefly) {
    HlsSiteFixture f;
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
    HlsSiteFixture f;
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
    HlsSiteFixture f;
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

BOOST_AUTO_TEST_CASE(places_and_names_are_kept_apart_and_public_means_all_of_a_ladder) {
    HlsSiteFixture f;
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
