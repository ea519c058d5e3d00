#include "api/store/recording_cues.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

Json caption(int atMs, int durationMs, const char* text) {
    return {{"at_ms", atMs},
            {"type", "caption.added"},
            {"detail", text},
            {"data", {{"duration_ms", std::to_string(durationMs)}}}};
}
Json chapter(int atMs, const char* title) {
    return {{"at_ms", atMs}, {"type", "chapter.added"}, {"detail", title}};
}

/// A file of 10 s that began at 5 s of the meeting and was held from 9 to 20 s.
const Json kTimeline = {{{"at_ms", 0.0}, {"meeting_ms", 5000.0}}, {{"at_ms", 4000.0}, {"meeting_ms", 20000.0}}};

}  // namespace

BOOST_AUTO_TEST_SUITE(recording_cues)

BOOST_AUTO_TEST_CASE(captions_are_in_the_time_of_the_file_and_cut_to_it) {
    const Json events = {caption(1000, 1000, "before"),        caption(4000, 2000, "across its begin"),
                         caption(6000, 1000, "in it"),         caption(8500, 1000, "into the pause"),
                         caption(12000, 3000, "in the pause"), caption(21000, 1500, "after it"),
                         caption(25000, 9000, "to its end"),   caption(40000, 1000, "beyond")};
    const auto captions = captionsOf(events, kTimeline, 10000);
    std::vector<std::tuple<std::int64_t, std::int64_t, std::string>> told;
    for (const auto& each : captions)
        told.emplace_back(toMilliseconds(each.begin), toMilliseconds(each.end), each.text);
    const decltype(told) expected = {{0, 1000, "across its begin"},
                                     {1000, 2000, "in it"},
                                     {3500, 4000, "into the pause"},
                                     {5000, 6500, "after it"},
                                     {9000, 10000, "to its end"}};
    BOOST_TEST((told == expected));
}

BOOST_AUTO_TEST_CASE(chapters_follow_each_other_to_the_end) {
    const Json events = {chapter(1000, "Welcome"), chapter(7000, "Talk"), chapter(15000, "Break"),
                         chapter(20000, "Questions"), chapter(90000, "Later")};
    const auto chapters = chaptersOf(events, kTimeline, 10000);
    const std::vector<MediaChapter> expected = {{0, 2000, "Welcome"}, {2000, 4000, "Talk"}, {4000, 10000, "Questions"}};
    BOOST_TEST((chapters == expected));
    BOOST_TEST(chaptersOf(events, Json::array(), 10000).empty());
    BOOST_TEST(chaptersOf(Json::array(), kTimeline, 10000).empty());
}

BOOST_AUTO_TEST_CASE(events_of_a_damaged_journal_are_left_out) {
    const Json events = {
        {{"type", 7}}, {{"type", "caption.added"}, {"at_ms", "soon"}, {"data", 3}}, caption(6000, 500, "good")};
    BOOST_TEST(captionsOf(events, kTimeline, 10000).size() == 1U);
    BOOST_TEST(captionsOf(events, {{{"at_ms", "x"}}}, 10000).size() <= 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
