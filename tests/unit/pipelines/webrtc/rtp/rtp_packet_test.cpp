#include "pipelines/webrtc/rtp/rtp_packet.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

namespace {

using Bytes = std::vector<std::uint8_t>;

const RtpHeader kHeader{true, 96, 0xFFFE, 0x89ABCDEF, 0x01020304};
const Bytes kPayload{1, 2, 3, 4, 5};

Bytes toBytes(ByteSpan span) {
    return {span.begin(), span.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rtp_packet)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back) {
    const Bytes packet = plainRtp(kHeader, kPayload);
    const Bytes expected{0x80, 0xE0, 0xFF, 0xFE, 0x89, 0xAB, 0xCD, 0xEF, 1, 2, 3, 4, 1, 2, 3, 4, 5};
    BOOST_TEST(packet == expected);
    const auto view = RtpPacketView::parse(packet);
    BOOST_REQUIRE(view.has_value());
    BOOST_CHECK(view->header() == kHeader);
    BOOST_TEST(toBytes(view->payload()) == kPayload);
}

BOOST_AUTO_TEST_CASE(short_extensions_use_the_one_byte_form) {
    const Bytes sequence{0x12, 0x34}, level{0x7F};
    const std::vector<RtpExtension> extensions{{3, sequence}, {1, level}};
    Bytes packet;
    appendRtp(kHeader, extensions, kPayload, packet);
    BOOST_TEST(packet[12] == 0xBE);
    BOOST_TEST(packet[13] == 0xDE);
    BOOST_TEST(packet[15] == 2);  // five bytes of elements fill two words
    const auto view = RtpPacketView::parse(packet);
    BOOST_REQUIRE(view.has_value());
    BOOST_TEST(view->transportSequence(3).value() == 0x1234);
    BOOST_TEST(toBytes(view->extension(1).value()) == level);
    BOOST_TEST(!view->extension(2).has_value());
    BOOST_TEST(!view->transportSequence(1).has_value());
    BOOST_TEST(toBytes(view->payload()) == kPayload);
}

BOOST_AUTO_TEST_CASE(ids_or_sizes_beyond_it_use_the_two_byte_form) {
    const Bytes empty, big(20, 7);
    const std::vector<RtpExtension> extensions{{20, empty}, {2, big}};
    Bytes packet;
    appendRtp(kHeader, extensions, kPayload, packet);
    BOOST_TEST(packet[12] == 0x10);
    const auto view = RtpPacketView::parse(packet);
    BOOST_REQUIRE(view.has_value());
    BOOST_TEST(view->extension(20).value().empty());
    BOOST_TEST(toBytes(view->extension(2).value()) == big);
}

BOOST_AUTO_TEST_CASE(contributing_sources_and_padding_are_stripped_for_depayloaders) {
    Bytes packet = plainRtp(kHeader, {});
    packet[0] = 0x80 | 0x20 | 2;
    packet.insert(packet.end(), {9, 9, 9, 9, 8, 8, 8, 8});
    packet.insert(packet.end(), kPayload.begin(), kPayload.end());
    packet.insert(packet.end(), {0, 0, 3});
    const auto view = RtpPacketView::parse(packet);
    BOOST_REQUIRE(view.has_value());
    BOOST_TEST(plainRtp(view->header(), view->payload()) == plainRtp(kHeader, kPayload));
}

BOOST_AUTO_TEST_CASE(a_packet_of_padding_alone_has_an_empty_payload) {
    Bytes packet = plainRtp(kHeader, Bytes(4, 0));
    packet[0] |= 0x20;
    packet.back() = 4;
    const auto view = RtpPacketView::parse(packet);
    BOOST_REQUIRE(view.has_value());
    BOOST_TEST(view->payload().empty());
}

BOOST_AUTO_TEST_CASE(malformed_packets_are_refused) {
    const Bytes good = plainRtp(kHeader, kPayload);
    for (std::size_t size = 0; size < kRtpHeaderSize; ++size) {
        BOOST_TEST(!RtpPacketView::parse(ByteSpan(good).first(size)).has_value());
    }
    Bytes version = good;
    version[0] = 0x40;
    BOOST_TEST(!RtpPacketView::parse(version).has_value());
    Bytes sources = good;
    sources[0] |= 0x0F;
    BOOST_TEST(!RtpPacketView::parse(sources).has_value());
    Bytes padding = good;
    padding[0] |= 0x20;
    padding.back() = 6;
    BOOST_TEST(!RtpPacketView::parse(padding).has_value());
    padding.back() = 0;
    BOOST_TEST(!RtpPacketView::parse(padding).has_value());
}

BOOST_AUTO_TEST_CASE(an_extension_element_may_not_leave_the_extension) {
    Bytes packet = plainRtp(kHeader, {});
    packet[0] |= 0x10;
    packet.insert(packet.end(), {0xBE, 0xDE, 0, 1, 0x1F, 0, 0, 0});
    BOOST_TEST(!RtpPacketView::parse(packet).has_value());
    packet[16] = 0x12;
    BOOST_TEST(RtpPacketView::parse(packet).has_value());
    packet[15] = 2;  // the extension itself is longer than the packet
    BOOST_TEST(!RtpPacketView::parse(packet).has_value());
}

BOOST_AUTO_TEST_CASE(datagrams_on_one_port_are_told_apart) {
    BOOST_CHECK(classifyDatagram(Bytes{0x00, 0x01}) == DatagramKind::Stun);
    BOOST_CHECK(classifyDatagram(Bytes{22, 0xFE}) == DatagramKind::Dtls);
    BOOST_CHECK(classifyDatagram(Bytes{0x80, 0x60}) == DatagramKind::Rtp);
    BOOST_CHECK(classifyDatagram(Bytes{0x80, 0xE0}) == DatagramKind::Rtp);
    BOOST_CHECK(classifyDatagram(Bytes{0x81, 200}) == DatagramKind::Rtcp);
    BOOST_CHECK(classifyDatagram(Bytes{0x81, 206}) == DatagramKind::Rtcp);
    BOOST_CHECK(classifyDatagram(Bytes{0x80}) == DatagramKind::Unknown);
    BOOST_CHECK(classifyDatagram(Bytes{0xFF, 1}) == DatagramKind::Unknown);
    BOOST_CHECK(classifyDatagram({}) == DatagramKind::Unknown);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
