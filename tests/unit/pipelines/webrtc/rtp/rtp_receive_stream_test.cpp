#include "pipelines/webrtc/rtp/rtp_receive_stream.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

namespace {

using std::chrono::milliseconds;

constexpr Duration kRoundTrip = milliseconds(40);

struct Stream {
    SenderClock clock;
    RtpReceiveStream receive;
    std::uint32_t ssrc = 77;

    explicit Stream(MediaKind kind = MediaKind::Video) : receive({kind, 90000, true, MonotonicTime{}}, clock) {}

    void packet(std::uint16_t sequence, int ms, std::vector<std::uint8_t> payload = {1, 2, 3}) {
        const RtpHeader header{false, 96, sequence, static_cast<std::uint32_t>(ms * 90), ssrc};
        std::vector<std::uint8_t> bytes = plainRtp(header, payload);
        if (payload.empty()) {
            bytes[0] |= 0x20;
            bytes.insert(bytes.end(), {0, 0, 0, 4});
        }
        const auto view = RtpPacketView::parse(bytes);
        BOOST_REQUIRE(view.has_value());
        receive.onPacket(*view, MonotonicTime(milliseconds(ms)));
    }
    RtpReceiveStream::Due take(int ms) { return receive.take(MonotonicTime(milliseconds(ms)), kRoundTrip); }
};

std::vector<int> sequencesOf(const RtpReceiveStream::Due& due) {
    std::vector<int> sequences;
    for (const auto& packet : due.packets) sequences.push_back(RtpPacketView::parse(packet.rtp)->header().sequence);
    return sequences;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rtp_receive_stream)

BOOST_AUTO_TEST_CASE(video_begins_with_a_keyframe_request_and_flows) {
    Stream stream;
    stream.packet(10, 0);
    const auto first = stream.take(0);
    BOOST_TEST(first.keyframeNeeded);
    BOOST_TEST(sequencesOf(first) == std::vector<int>{10});
    stream.packet(11, 33);
    const auto second = stream.take(33);
    BOOST_TEST(!second.keyframeNeeded);
    BOOST_CHECK(second.packets.at(0).pts == MediaTime(milliseconds(33)));
}

BOOST_AUTO_TEST_CASE(a_lost_packet_is_asked_for_and_its_retransmission_fills_the_gap) {
    Stream stream;
    stream.packet(1, 0);
    stream.take(0);
    stream.packet(3, 10);
    BOOST_TEST(stream.take(10).packets.empty());
    BOOST_CHECK(stream.receive.nextDeadline(kRoundTrip) == MonotonicTime(milliseconds(15)));
    BOOST_TEST(stream.take(15).nacks == std::vector<std::uint16_t>{2});
    stream.packet(2, 60);
    const auto due = stream.take(60);
    BOOST_TEST(sequencesOf(due) == (std::vector<int>{2, 3}));
    BOOST_TEST(!due.keyframeNeeded);
    BOOST_TEST(stream.receive.packetsLost() == 0U);
}

BOOST_AUTO_TEST_CASE(a_packet_lost_for_good_leaves_a_gap_and_asks_for_a_keyframe) {
    Stream stream;
    stream.packet(1, 0);
    stream.take(0);
    stream.packet(3, 10);
    const auto due = stream.take(160);
    BOOST_TEST(sequencesOf(due) == std::vector<int>{3});
    BOOST_TEST(due.packets[0].lostBefore == 1U);
    BOOST_TEST(due.keyframeNeeded);
    BOOST_TEST(due.nacks.empty());
}

BOOST_AUTO_TEST_CASE(audio_is_never_asked_for_again_and_waits_less) {
    Stream stream(MediaKind::Audio);
    stream.packet(1, 0);
    BOOST_TEST(!stream.take(0).keyframeNeeded);
    stream.packet(3, 10);
    BOOST_TEST(stream.take(20).nacks.empty());
    const auto due = stream.take(50);
    BOOST_TEST(sequencesOf(due) == std::vector<int>{3});
    BOOST_TEST(!due.keyframeNeeded);
}

BOOST_AUTO_TEST_CASE(padding_leaves_no_gap_in_what_the_depayloader_sees) {
    Stream stream;
    stream.packet(1, 0);
    stream.packet(2, 1, {});
    stream.packet(3, 2, {});
    stream.packet(4, 3);
    BOOST_TEST(sequencesOf(stream.take(3)) == (std::vector<int>{1, 2}));
}

BOOST_AUTO_TEST_CASE(another_ssrc_takes_over_only_after_silence) {
    Stream stream;
    stream.packet(1, 0);
    stream.take(0);
    stream.ssrc = 78;
    stream.packet(500, 100);
    BOOST_TEST(stream.take(100).packets.empty());
    BOOST_TEST(*stream.receive.ssrc() == 77U);
    stream.packet(501, 600);
    const auto due = stream.take(600);
    BOOST_TEST(sequencesOf(due) == std::vector<int>{501});
    BOOST_TEST(due.keyframeNeeded);
    BOOST_TEST(*stream.receive.ssrc() == 78U);
    BOOST_TEST(stream.receive.packetsReceived() == 2U);
}

BOOST_AUTO_TEST_CASE(a_sender_that_counts_anew_is_followed_after_two_packets) {
    Stream stream;
    stream.packet(40000, 0);
    stream.take(0);
    stream.packet(100, 10);
    BOOST_TEST(stream.take(10).packets.empty());
    stream.packet(101, 20);
    stream.packet(102, 30);
    BOOST_TEST(sequencesOf(stream.take(30)) == (std::vector<int>{101, 102}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
