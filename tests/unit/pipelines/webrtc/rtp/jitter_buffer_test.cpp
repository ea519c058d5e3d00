#include "pipelines/webrtc/rtp/jitter_buffer.h"

#include <boost/test/unit_test.hpp>

#include "pipelines/webrtc/rtp/nack_generator.h"
#include "pipelines/webrtc/rtp/sequence_number.h"

namespace tessera {

namespace {

using std::chrono::milliseconds;

MonotonicTime at(int ms) {
    return MonotonicTime(milliseconds(ms));
}

bool insert(JitterBuffer& buffer, std::int64_t sequence, int ms) {
    ReceivedPacket packet;
    packet.sequence = sequence;
    packet.arrival = at(ms);
    return buffer.insert(std::move(packet));
}

std::vector<std::int64_t> taken(JitterBuffer& buffer, int ms) {
    std::vector<std::int64_t> sequences;
    for (const ReceivedPacket& packet : buffer.take(at(ms))) sequences.push_back(packet.sequence);
    return sequences;
}

using Sequences = std::vector<std::int64_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(jitter_buffer)

BOOST_AUTO_TEST_CASE(numbers_are_extended_through_wraps_and_reordering) {
    SequenceUnwrapper unwrapper;
    BOOST_TEST(unwrapper.unwrap(65534) == 65536 + 65534);
    BOOST_TEST(unwrapper.unwrap(1) == 2 * 65536 + 1);
    BOOST_TEST(unwrapper.unwrap(65535) == 65536 + 65535);
    BOOST_TEST(unwrapper.unwrap(0) == 2 * 65536);
    BOOST_TEST(*unwrapper.highest() == 2 * 65536 + 1);
    TimestampUnwrapper timestamps;
    timestamps.unwrap(0xFFFFFF00);
    BOOST_TEST(timestamps.unwrap(0x100) - timestamps.peek(0xFFFFFF00) == 0x200);
}

BOOST_AUTO_TEST_CASE(packets_in_order_are_not_delayed) {
    JitterBuffer buffer(JitterBuffer::kVideo);
    for (int i = 0; i < 5; ++i) {
        insert(buffer, 100 + i, i);
        BOOST_TEST(taken(buffer, i) == Sequences{100 + i});
        BOOST_TEST(!buffer.nextDeadline().has_value());
    }
}

BOOST_AUTO_TEST_CASE(reordered_packets_leave_in_order_and_none_is_lost) {
    JitterBuffer buffer(JitterBuffer::kAudio);
    insert(buffer, 1, 0);
    BOOST_TEST(taken(buffer, 0) == Sequences{1});
    insert(buffer, 3, 5);
    BOOST_TEST(taken(buffer, 5).empty());
    insert(buffer, 2, 10);
    BOOST_TEST(taken(buffer, 10) == (Sequences{2, 3}));
    BOOST_TEST(buffer.lost() == 0U);
}

BOOST_AUTO_TEST_CASE(a_gap_is_given_up_after_its_bound_and_counted) {
    JitterBuffer buffer(JitterBuffer::kVideo);
    insert(buffer, 1, 0);
    taken(buffer, 0);
    insert(buffer, 4, 10);
    insert(buffer, 5, 20);
    BOOST_CHECK(buffer.nextDeadline() == at(160));
    BOOST_TEST(taken(buffer, 159).empty());
    const auto packets = buffer.take(at(160));
    BOOST_TEST(packets.size() == 2U);
    BOOST_TEST(packets[0].lostBefore == 2U);
    BOOST_TEST(packets[1].lostBefore == 0U);
    BOOST_TEST(buffer.lost() == 2U);
}

BOOST_AUTO_TEST_CASE(each_gap_has_its_own_bound) {
    JitterBuffer buffer(JitterBuffer::kVideo);
    insert(buffer, 1, 0);
    taken(buffer, 0);
    insert(buffer, 3, 10);
    insert(buffer, 5, 100);
    BOOST_TEST(taken(buffer, 160) == Sequences{3});
    BOOST_CHECK(buffer.nextDeadline() == at(250));
    BOOST_TEST(taken(buffer, 250) == Sequences{5});
}

BOOST_AUTO_TEST_CASE(late_packets_and_duplicates_are_left_out) {
    JitterBuffer buffer(JitterBuffer::kAudio);
    BOOST_TEST(insert(buffer, 10, 0));
    taken(buffer, 0);
    BOOST_TEST(!insert(buffer, 10, 1));
    BOOST_TEST(!insert(buffer, 9, 1));
    BOOST_TEST(insert(buffer, 12, 1));
    BOOST_TEST(!insert(buffer, 12, 1));
}

BOOST_AUTO_TEST_CASE(too_many_waiting_packets_give_up_the_gap_at_once) {
    JitterBuffer buffer({milliseconds(1000), 4});
    insert(buffer, 1, 0);
    taken(buffer, 0);
    for (int i = 0; i < 4; ++i) insert(buffer, 3 + i, 1);
    BOOST_TEST(taken(buffer, 1).empty());
    insert(buffer, 7, 1);
    BOOST_TEST(taken(buffer, 1) == (Sequences{3, 4, 5, 6, 7}));
}

BOOST_AUTO_TEST_CASE(missing_packets_are_asked_for_once_per_round_trip) {
    NackGenerator nacks;
    const Duration roundTrip = milliseconds(50);
    nacks.onPacket(65535, at(0));
    nacks.onPacket(65538, at(0));
    BOOST_TEST(nacks.take(at(4), roundTrip).sequences.empty());
    BOOST_CHECK(nacks.nextDeadline(roundTrip) == at(5));
    BOOST_TEST(nacks.take(at(5), roundTrip).sequences == (std::vector<std::uint16_t>{0, 1}));
    nacks.onPacket(65536, at(20));
    BOOST_TEST(nacks.take(at(59), roundTrip).sequences.empty());
    BOOST_TEST(nacks.take(at(60), roundTrip).sequences == std::vector<std::uint16_t>{1});
    nacks.onPacket(65537, at(70));
    BOOST_TEST(!nacks.nextDeadline(roundTrip).has_value());
    BOOST_TEST(!nacks.take(at(500), roundTrip).keyframeNeeded);
}

BOOST_AUTO_TEST_CASE(a_packet_asked_for_too_often_costs_a_keyframe) {
    NackGenerator nacks;
    nacks.onPacket(1, at(0));
    nacks.onPacket(3, at(0));
    int requests = 0, keyframes = 0;
    for (int ms = 0; ms < 1000; ++ms) {
        const auto due = nacks.take(at(ms), milliseconds(0));
        requests += static_cast<int>(due.sequences.size());
        keyframes += due.keyframeNeeded ? 1 : 0;
    }
    BOOST_TEST(requests == 10);
    BOOST_TEST(keyframes == 1);
}

BOOST_AUTO_TEST_CASE(an_outage_costs_a_keyframe_and_no_flood_of_requests) {
    NackGenerator nacks;
    nacks.onPacket(1, at(0));
    nacks.onPacket(2000, at(0));
    const auto due = nacks.take(at(10), milliseconds(50));
    BOOST_TEST(due.sequences.empty());
    BOOST_TEST(due.keyframeNeeded);
}

BOOST_AUTO_TEST_CASE(what_was_given_up_is_not_asked_for) {
    NackGenerator nacks;
    nacks.onPacket(1, at(0));
    nacks.onPacket(5, at(0));
    nacks.forgetBefore(4);
    BOOST_TEST(nacks.take(at(10), milliseconds(50)).sequences == std::vector<std::uint16_t>{4});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
