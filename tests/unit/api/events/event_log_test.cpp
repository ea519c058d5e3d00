#include "api/events/event_log.h"

#include <boost/test/unit_test.hpp>

#include "api/events/event_stream.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(event_log)

namespace {

EventDraft draft(const std::string& type, const std::string& meeting = "board") {
    return {.type = type, .meeting = meeting, .actor = {}};
}

std::vector<std::string> typesOf(const EventLog::Slice& slice) {
    std::vector<std::string> types;
    for (const auto& event : slice.events) types.push_back(event->type);
    return types;
}

using Types = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(events_are_read_in_order_by_meeting_and_type) {
    EventLog log;
    const auto before = log.newest();
    log.publish(draft("output.live"));
    log.publish(draft("recording.failed", "other"));
    log.publish(draft("output.failed"));
    log.publish(draft("device.lost", ""));
    BOOST_TEST((typesOf(log.after(before, {}, 10)) ==
                Types{"output.live", "recording.failed", "output.failed", "device.lost"}));
    BOOST_TEST((typesOf(log.after(before, {"board", {}}, 10)) == Types{"output.live", "output.failed"}));
    BOOST_TEST((typesOf(log.after(before, {"", {"recording.none", "output.failed"}}, 10)) == Types{"output.failed"}));
    BOOST_TEST((typesOf(log.after(before, {"", {"output.*", "device.lost"}}, 10)) ==
                Types{"output.live", "output.failed", "device.lost"}));
}

BOOST_AUTO_TEST_CASE(a_reader_goes_on_where_it_was) {
    EventLog log;
    auto seen = log.newest();
    for (int i = 0; i < 5; ++i) log.publish(draft("output.live"));
    int count = 0;
    for (;;) {
        const auto slice = log.after(seen, {}, 2);
        BOOST_TEST(!slice.hasGap);
        if (slice.events.empty()) break;
        for (const auto& event : slice.events)
            BOOST_TEST(event->seq == seen + 1 + static_cast<std::uint64_t>(count++ % 2));
        seen = slice.upTo;
    }
    BOOST_TEST(count == 5);
    BOOST_TEST(seen == log.newest());
}

BOOST_AUTO_TEST_CASE(what_is_lost_is_said_to_be) {
    EventLog log({.events = 3, .bytes = 1U << 20U});
    const auto before = log.newest();
    for (int i = 0; i < 5; ++i) log.publish(draft("output.live"));
    BOOST_TEST(!log.canResume(before));
    BOOST_TEST(log.canResume(before + 2));
    const auto slice = log.after(before, {}, 10);
    BOOST_TEST(slice.hasGap);
    BOOST_TEST(slice.events.size() == 3U);
    BOOST_TEST(!log.canResume(log.newest() + 1));  // of a server that ran later, or none of ours
    BOOST_TEST(log.canResume(log.newest()));
}

BOOST_AUTO_TEST_CASE(large_events_push_out_more_of_the_old_ones) {
    EventLog log({.events = 100, .bytes = 4000});
    const auto before = log.newest();
    for (int i = 0; i < 20; ++i) {
        auto large = draft("output.live");
        large.data["text"] = std::string(1000, 'x');
        log.publish(large);
    }
    BOOST_TEST(log.after(before, {}, 100).events.size() == 3U);
}

BOOST_AUTO_TEST_CASE(numbers_go_on_growing_after_a_restart) {
    const EventLog first({}, [] { return std::int64_t{1'000'000}; });
    const EventLog second({}, [] { return std::int64_t{1'000'001}; });
    BOOST_TEST(second.newest() >= first.newest() + 1000);
}

BOOST_AUTO_TEST_CASE(a_meetings_event_says_what_it_is_about) {
    EventLog log;
    const auto before = log.newest();
    log.publish(MeetingEvent{.meeting = *MeetingId::fromString("board"),
                             .type = "output.retrying",
                             .subject = "out_1",
                             .detail = "rtmp",
                             .at = MediaTime(std::chrono::milliseconds(1500)),
                             .data = {{"kind", "rtmp"}, {"reconnects", "2"}, {"last_error", ""}}});
    const auto json = Json::parse(log.after(before, {}, 1).events.front()->json);
    BOOST_TEST(json["meeting"] == "board");
    BOOST_TEST(json["id"] == log.node() + "-" + std::to_string(before + 1));
    BOOST_TEST(json["data"].dump() ==
               R"({"output":"out_1","kind":"rtmp","reconnects":2,"last_error":null,"at_ms":1500})");
    BOOST_TEST(json["actor"].is_null());
}

BOOST_AUTO_TEST_CASE(patterns_are_a_star_a_family_or_a_type) {
    for (const auto* good : {"*", "output.*", "output.failed", "snapshot.begin"}) {
        BOOST_TEST(checkTypePattern(good, "types").ok(), good);
    }
    for (const auto* bad : {"", "*.failed", "output.", ".live", "Output.live", "output.*.x", "a b", "**"}) {
        BOOST_TEST(!checkTypePattern(bad, "types").ok(), bad);
    }
    BOOST_TEST(readTypePatterns("output.*,recording.failed")->size() == 2U);
    BOOST_TEST(!readTypePatterns("output.*,,x").ok());
}

BOOST_AUTO_TEST_CASE(a_grant_is_read_as_it_was_written) {
    const EventGrant grant{.isStream = false,
                           .after = 17,
                           .waitMs = 5000,
                           .who = "abc",
                           .filter = {.meeting = "board", .types = {"output.*", "device.lost"}}};
    const auto read = EventGrant::fromText(grant.toText());
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->toText() == grant.toText());
    BOOST_TEST(EventGrant::fromText(EventGrant{.who = "x"}.toText())->filter.meeting.empty());
    for (const auto* bad : {"", "stream", "stream x 0 a * *", "else 1 0 a * *", "stream 1 0 a * Bad"}) {
        BOOST_TEST(!EventGrant::fromText(bad).has_value(), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
