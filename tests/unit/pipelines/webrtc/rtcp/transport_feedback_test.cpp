#include <boost/test/unit_test.hpp>
#include <map>

#include "pipelines/webrtc/rtcp/transport_feedback_generator.h"

namespace tessera {

namespace {

using Bytes = std::vector<std::uint8_t>;
using std::chrono::microseconds;
using std::chrono::milliseconds;

TransportFeedback parsed(const TransportFeedback& feedback) {
    Bytes bytes;
    appendRtcp(feedback, bytes);
    BOOST_REQUIRE(bytes.size() <= 1200U);
    const auto packets = parseRtcp(bytes);
    BOOST_REQUIRE(packets.ok());
    return std::get<TransportFeedback>(packets->at(0));
}

/// What the sender makes of a feedback: arrival by number, in units of 250 us; nothing = lost.
std::map<std::uint16_t, std::optional<std::int64_t>> arrivals(const TransportFeedback& feedback) {
    std::map<std::uint16_t, std::optional<std::int64_t>> result;
    std::int64_t time = std::int64_t{feedback.referenceTime} * 256;
    std::uint16_t sequence = feedback.baseSequence;
    for (const auto& delta : feedback.deltas) {
        if (delta) time += *delta;
        result[sequence++] = delta ? std::optional(time) : std::nullopt;
    }
    return result;
}

MonotonicTime at(std::int64_t units) {
    return MonotonicTime(units * TransportFeedback::kDeltaUnit);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transport_feedback)

BOOST_AUTO_TEST_CASE(the_bytes_are_those_of_the_draft) {
    TransportFeedback feedback{1, 2, 0x0102, 0x030405, 6, {}};
    feedback.deltas = {1, 2, std::nullopt, -1};
    Bytes bytes;
    appendRtcp(feedback, bytes);
    // Two-bit vector 1, 1, 0, 2: 11 01 01 00 10 00 00 00; deltas 01, 02, FFFF; two bytes of padding.
    const Bytes expected{0xAF, 205, 0, 6, 0, 0, 0,    1,    0, 0, 0,    2,    1, 2,
                         0,    4,   3, 4, 5, 6, 0xD4, 0x80, 1, 2, 0xFF, 0xFF, 0, 2};
    BOOST_TEST(bytes == expected);
}

BOOST_AUTO_TEST_CASE(every_pattern_of_statuses_survives) {
    std::uint32_t random = 1;
    for (int round = 0; round < 2000; ++round) {
        TransportFeedback feedback{1, 2, static_cast<std::uint16_t>(round * 41), 7, 3, {}};
        random = random * 1664525 + 1013904223;
        const std::size_t count = 1 + random % 400;
        const unsigned kinds = random >> 16U;
        for (std::size_t i = 0; i < count; ++i) {
            random = random * 1664525 + 1013904223;
            const unsigned kind = (random >> 24U) % (kinds % 40 + 1);
            if (kind == 1) {
                feedback.deltas.emplace_back(std::nullopt);
            } else {
                feedback.deltas.emplace_back(static_cast<std::int16_t>(kind == 2 ? random >> 8U : random >> 24U));
            }
        }
        const TransportFeedback back = parsed(feedback);
        BOOST_REQUIRE(back.deltas == feedback.deltas);
        BOOST_REQUIRE(back.baseSequence == feedback.baseSequence);
    }
}

BOOST_AUTO_TEST_CASE(arrivals_and_losses_come_back_exactly) {
    TransportFeedbackGenerator generator;
    generator.onPacket(65534, at(1000));
    generator.onPacket(65535, at(1004));
    generator.onPacket(1, at(1500));
    const auto feedbacks = generator.take(1, 2);
    BOOST_REQUIRE(feedbacks.size() == 1U);
    const auto result = arrivals(parsed(feedbacks[0]));
    BOOST_TEST(feedbacks[0].baseSequence == 65534);
    BOOST_TEST(result.size() == 4U);
    BOOST_CHECK(result.at(65534) == 1000);
    BOOST_CHECK(result.at(65535) == 1004);
    BOOST_CHECK(!result.at(0));
    BOOST_CHECK(result.at(1) == 1500);
    BOOST_TEST(generator.take(1, 2).empty());
}

BOOST_AUTO_TEST_CASE(losses_between_two_feedbacks_are_named_by_the_later) {
    TransportFeedbackGenerator generator;
    generator.onPacket(10, at(1000));
    generator.take(1, 2);
    generator.onPacket(13, at(1100));
    const auto feedbacks = generator.take(1, 2);
    BOOST_REQUIRE(feedbacks.size() == 1U);
    BOOST_TEST(feedbacks[0].baseSequence == 11);
    BOOST_TEST(feedbacks[0].feedbackCount == 1);
    const auto result = arrivals(parsed(feedbacks[0]));
    BOOST_CHECK(!result.at(11) && !result.at(12));
    BOOST_CHECK(result.at(13) == 1100);
}

BOOST_AUTO_TEST_CASE(a_packet_that_was_overtaken_has_a_negative_delta) {
    TransportFeedbackGenerator generator;
    generator.onPacket(10, at(1000));
    generator.onPacket(12, at(1010));
    generator.onPacket(11, at(1020));
    const auto result = arrivals(parsed(generator.take(1, 2).at(0)));
    BOOST_CHECK(result.at(11) == 1020);
    BOOST_CHECK(result.at(12) == 1010);
}

BOOST_AUTO_TEST_CASE(a_packet_that_comes_after_its_feedback_is_still_reported) {
    TransportFeedbackGenerator generator;
    generator.onPacket(10, at(1000));
    generator.onPacket(12, at(1010));
    generator.take(1, 2);
    generator.onPacket(11, at(1030));
    const auto feedback = generator.take(1, 2).at(0);
    BOOST_TEST(feedback.baseSequence == 11);
    BOOST_CHECK(arrivals(parsed(feedback)).at(11) == 1030);
}

BOOST_AUTO_TEST_CASE(long_gaps_in_time_and_in_numbers_start_a_new_packet) {
    TransportFeedbackGenerator generator;
    generator.onPacket(10, at(1000));
    generator.onPacket(11, at(1000 + 4 * 10'000));
    generator.onPacket(2000, at(1000 + 4 * 10'010));
    const auto feedbacks = generator.take(1, 2);
    BOOST_REQUIRE(feedbacks.size() == 3U);
    BOOST_CHECK(arrivals(parsed(feedbacks[1])).at(11) == 1000 + 40'000);
    BOOST_TEST(feedbacks[2].baseSequence == 2000);
    BOOST_TEST(feedbacks[2].feedbackCount == 2);
}

BOOST_AUTO_TEST_CASE(a_burst_is_split_into_packets_that_fit) {
    TransportFeedbackGenerator generator;
    for (int i = 0; i < 900; ++i) generator.onPacket(static_cast<std::uint16_t>(65000 + i), at(1000 + i * 300));
    const auto feedbacks = generator.take(1, 2);
    BOOST_TEST(feedbacks.size() == 3U);
    std::size_t reported = 0;
    for (const auto& feedback : feedbacks) reported += arrivals(parsed(feedback)).size();
    BOOST_TEST(reported == 900U);
}

BOOST_AUTO_TEST_CASE(the_reference_time_wraps_after_twelve_days) {
    TransportFeedbackGenerator generator;
    const std::int64_t wrap = std::int64_t{1} << 24;
    generator.onPacket(1, at((wrap + 5) * 256 + 3));
    const auto feedback = parsed(generator.take(1, 2).at(0));
    BOOST_TEST(feedback.referenceTime == 5U);
    BOOST_CHECK(feedback.deltas.at(0) == 3);
}

BOOST_AUTO_TEST_CASE(malformed_feedback_is_refused) {
    TransportFeedback feedback{1, 2, 5, 6, 7, {}};
    feedback.deltas.assign(20, 1);
    Bytes good;
    appendRtcp(feedback, good);
    Bytes count = good;
    count[15] = 200;  // more statuses than chunks
    BOOST_TEST(!parseRtcp(count).ok());
    Bytes symbol = good;
    symbol[20] |= 0x60;  // reserved symbol 3
    BOOST_TEST(!parseRtcp(symbol).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
