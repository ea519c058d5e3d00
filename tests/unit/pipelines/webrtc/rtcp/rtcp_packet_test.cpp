#include "pipelines/webrtc/rtcp/rtcp_packet.h"

#include <boost/test/unit_test.hpp>

#include "pipelines/webrtc/rtcp/reception_statistics.h"

namespace tessera {

namespace {

using Bytes = std::vector<std::uint8_t>;
using std::chrono::milliseconds;

template <typename Packet>
Packet roundTripped(const Packet& packet) {
    Bytes bytes;
    appendRtcp(packet, bytes);
    BOOST_REQUIRE(bytes.size() % 4 == 0);
    const auto parsed = parseRtcp(bytes);
    BOOST_REQUIRE(parsed.ok());
    BOOST_REQUIRE(parsed->size() == 1U);
    return std::get<Packet>(parsed->front());
}

const ReportBlock kBlock{0x11223344, 64, -5, 0x00020003, 99, 0xAABBCCDD, 65536};

}  // namespace

BOOST_AUTO_TEST_SUITE(rtcp_packet)

BOOST_AUTO_TEST_CASE(reports_survive_writing_and_reading) {
    const SenderReport sent{7, {0x0102030405060708}, 1000, 10, 2000, {kBlock}};
    const SenderReport report = roundTripped(sent);
    BOOST_TEST(report.ssrc == 7U);
    BOOST_CHECK(report.ntp == sent.ntp);
    BOOST_TEST(report.rtpTimestamp == 1000U);
    BOOST_TEST(report.packets == 10U);
    BOOST_TEST(report.octets == 2000U);
    BOOST_REQUIRE(report.blocks.size() == 1U);
    BOOST_CHECK(report.blocks[0] == kBlock);
    const ReceiverReport receiver = roundTripped(ReceiverReport{8, {kBlock, kBlock}});
    BOOST_TEST(receiver.blocks.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_compound_keeps_its_order) {
    Bytes bytes;
    appendRtcp(ReceiverReport{1, {}}, bytes);
    appendRtcp(SourceDescription{{{1, "name"}}}, bytes);
    appendRtcp(PictureLossIndication{1, 2}, bytes);
    const auto parsed = parseRtcp(bytes);
    BOOST_REQUIRE(parsed.ok());
    BOOST_REQUIRE(parsed->size() == 3U);
    BOOST_TEST(std::get<SourceDescription>((*parsed)[1]).chunks.at(0).cname == "name");
    BOOST_TEST(std::get<PictureLossIndication>((*parsed)[2]).mediaSsrc == 2U);
}

BOOST_AUTO_TEST_CASE(names_of_every_length_end_on_a_word) {
    for (std::size_t length = 0; length < 9; ++length) {
        const std::string name(length, 'x');
        const auto description = roundTripped(SourceDescription{{{5, name}, {6, "y"}}});
        BOOST_TEST(description.chunks.at(0).cname == name);
        BOOST_TEST(description.chunks.at(1).ssrc == 6U);
        BOOST_TEST(description.chunks.at(1).cname == "y");
    }
}

BOOST_AUTO_TEST_CASE(nacks_are_packed_through_the_wrap) {
    const std::vector<std::uint16_t> sequences{65530, 65534, 2, 10, 11, 500};
    Bytes bytes;
    appendRtcp(Nack{1, 2, sequences}, bytes);
    BOOST_TEST(bytes.size() == 12U + 3 * 4U);
    BOOST_TEST(roundTripped(Nack{1, 2, sequences}).sequences == sequences);
}

BOOST_AUTO_TEST_CASE(a_nack_has_the_bytes_of_the_standard) {
    Bytes bytes;
    appendRtcp(Nack{0x01020304, 0x05060708, {0x1000, 0x1001, 0x1010}}, bytes);
    const Bytes expected{0x81, 205, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x00, 0x80, 0x01};
    BOOST_TEST(bytes == expected);
}

BOOST_AUTO_TEST_CASE(requests_and_bye_survive) {
    const auto fir = roundTripped(FullIntraRequest{1, {{2, 3}, {4, 5}}});
    BOOST_TEST(fir.entries.at(1).ssrc == 4U);
    BOOST_TEST(fir.entries.at(1).commandSequence == 5);
    BOOST_TEST(roundTripped(Bye{{1, 2}}).ssrcs.size() == 2U);
}

BOOST_AUTO_TEST_CASE(remb_keeps_18_bits_of_the_rate) {
    for (const std::uint64_t rate : {0ULL, 300'000ULL, 262'143ULL, 1'500'000'000ULL}) {
        const auto remb = roundTripped(ReceiverEstimatedMaxBitrate{1, rate, {9}});
        BOOST_TEST(remb.bitrateBps <= rate);
        BOOST_TEST(remb.bitrateBps + (rate >> 17U) >= rate);
        BOOST_TEST(remb.ssrcs.at(0) == 9U);
    }
}

BOOST_AUTO_TEST_CASE(unknown_packets_are_skipped) {
    Bytes bytes{0x80, 204, 0, 2, 0, 0, 0, 1, 'a', 'b', 'c', 'd'};  // APP
    appendRtcp(Bye{{1}}, bytes);
    const Bytes unknownFeedback{0x83, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
    bytes.insert(bytes.end(), unknownFeedback.begin(), unknownFeedback.end());
    const auto parsed = parseRtcp(bytes);
    BOOST_REQUIRE(parsed.ok());
    BOOST_TEST(parsed->size() == 1U);
}

BOOST_AUTO_TEST_CASE(malformed_compounds_are_refused_whole) {
    Bytes good;
    appendRtcp(SenderReport{7, {}, 0, 0, 0, {kBlock}}, good);
    for (std::size_t size = 0; size < good.size(); ++size) BOOST_TEST(!parseRtcp(ByteSpan(good).first(size)).ok());
    Bytes count = good;
    count[0] = 0x82;
    BOOST_TEST(!parseRtcp(count).ok());
    Bytes version = good;
    version[0] = 0x41;
    BOOST_TEST(!parseRtcp(version).ok());
    Bytes padding = good;
    padding[0] |= 0x20;
    padding.back() = 200;
    BOOST_TEST(!parseRtcp(padding).ok());
}

BOOST_AUTO_TEST_CASE(ntp_time_of_a_meeting_counts_from_1970) {
    const NtpTime ntp = NtpTime::fromMedia(MediaTime(milliseconds(1500)));
    BOOST_TEST(ntp.value == (2'208'988'801ULL << 32U | 0x80000000ULL));
    BOOST_TEST(toMilliseconds(ntp.toDuration()) == 2'208'988'801'500LL);
    BOOST_TEST(toCompactNtp(milliseconds(500)) == 0x8000U);
    BOOST_TEST(toCompactNtp(milliseconds(-1)) == 0U);
    BOOST_TEST(fromCompactNtp(0x18000).count() == 1'500'000'000);
}

BOOST_AUTO_TEST_CASE(the_round_trip_is_what_the_report_was_not_held_for) {
    const NtpTime sent = NtpTime::fromMedia(MediaTime(milliseconds(1000)));
    const NtpTime now = NtpTime::fromMedia(MediaTime(milliseconds(1350)));
    ReportBlock block;
    BOOST_TEST(!roundTrip(block, now).has_value());
    block.lastSenderReport = sent.compact();
    block.delaySinceLastReport = toCompactNtp(milliseconds(300));
    BOOST_CHECK_CLOSE(toSeconds(*roundTrip(block, now)), 0.05, 0.1);
    block.delaySinceLastReport = toCompactNtp(milliseconds(500));
    BOOST_TEST(!roundTrip(block, now).has_value());
    block.delaySinceLastReport = toCompactNtp(milliseconds(351));
    BOOST_TEST(roundTrip(block, now)->count() == 0);
}

BOOST_AUTO_TEST_CASE(reception_statistics_report_loss_since_the_last_report) {
    ReceptionStatistics statistics(9, 90000);
    BOOST_TEST(!statistics.takeReport(MonotonicTime{}).has_value());
    const std::int64_t first = 65536 + 65530;
    for (int i = 0; i < 20; ++i) {
        if (i % 4 == 1) continue;
        const auto timestamp = static_cast<std::uint32_t>(3000 * i);
        statistics.onPacket(first + i, timestamp, MonotonicTime(FrameRate{30, 1}.tickTime(i)));
    }
    const auto report = statistics.takeReport(MonotonicTime{});
    BOOST_REQUIRE(report.has_value());
    BOOST_TEST(report->ssrc == 9U);
    BOOST_TEST(report->fractionLost == 64);
    BOOST_TEST(report->cumulativeLost == 5);
    BOOST_TEST(report->highestSequence == 0x1000DU);  // 65530 + 19, one cycle on
    BOOST_TEST(report->jitter <= 1U);
    BOOST_TEST(statistics.takeReport(MonotonicTime{})->fractionLost == 0);
    BOOST_TEST(statistics.packetsLost() == 5U);
}

BOOST_AUTO_TEST_CASE(jitter_converges_to_the_mean_change_of_transit) {
    ReceptionStatistics statistics(9, 90000);
    for (int i = 0; i < 1000; ++i) {
        const Duration delay = milliseconds(i % 2 * 10);
        statistics.onPacket(i, static_cast<std::uint32_t>(3000 * i),
                            MonotonicTime(FrameRate{30, 1}.tickTime(i) + delay));
    }
    BOOST_CHECK_CLOSE(toSeconds(statistics.jitter()), 0.010, 1.0);
}

BOOST_AUTO_TEST_CASE(a_report_names_the_sender_report_that_it_answers) {
    ReceptionStatistics statistics(9, 90000);
    statistics.onPacket(70000, 0, MonotonicTime{});
    const NtpTime ntp{0x0001000200030004};
    statistics.onSenderReport(ntp, MonotonicTime(milliseconds(1000)));
    const auto report = statistics.takeReport(MonotonicTime(milliseconds(1250)));
    BOOST_TEST(report->lastSenderReport == 0x00020003U);
    BOOST_TEST(report->delaySinceLastReport == 0x4000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
