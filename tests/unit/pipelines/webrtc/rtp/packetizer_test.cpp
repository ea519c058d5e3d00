#include "pipelines/webrtc/rtp/packetizer.h"

#include <boost/test/unit_test.hpp>
#include <numeric>

#include "pipelines/webrtc/rtp/packetized_frame_cache.h"

namespace tessera {

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes unit(std::uint8_t head, std::size_t size) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
    for (std::uint8_t& byte : bytes) byte |= 1;  // no start code inside
    bytes[0] = head;
    return bytes;
}

Packet annexB(const std::vector<Bytes>& units) {
    Packet packet;
    bool shortCode = false;
    for (const Bytes& u : units) {
        if (!shortCode) packet.bytes.push_back(0);
        shortCode = !shortCode;
        packet.bytes.insert(packet.bytes.end(), {0, 0, 1});
        packet.bytes.insert(packet.bytes.end(), u.begin(), u.end());
    }
    return packet;
}

/// What a receiver makes of the payloads.
std::vector<Bytes> depacketizeH264(const PacketizedFrame& frame) {
    std::vector<Bytes> units;
    for (std::size_t i = 0; i < frame.count(); ++i) {
        const ByteSpan payload = frame.payload(i);
        BOOST_REQUIRE(payload.size() <= kMaxRtpPayload);
        const unsigned type = payload[0] & 0x1FU;
        if (type == 24) {
            ByteReader reader(payload.subspan(1));
            while (reader.remaining() > 0) {
                const ByteSpan part = reader.bytes(reader.u16());
                BOOST_REQUIRE(reader.ok());
                units.emplace_back(part.begin(), part.end());
            }
        } else if (type == 28) {
            if ((payload[1] & 0x80U) != 0) {
                units.push_back({static_cast<std::uint8_t>((payload[0] & 0xE0U) | (payload[1] & 0x1FU))});
            }
            units.back().insert(units.back().end(), payload.begin() + 2, payload.end());
        } else {
            units.emplace_back(payload.begin(), payload.end());
        }
    }
    return units;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packetizer)

BOOST_AUTO_TEST_CASE(an_h264_keyframe_becomes_an_aggregate_and_fragments) {
    const Bytes sps = unit(0x67, 20), pps = unit(0x68, 6), idr = unit(0x65, 5000);
    const auto frame = packetizeH264(annexB({sps, pps, idr}));
    BOOST_TEST(frame->count() == 1U + 5U);
    BOOST_TEST((frame->payload(0)[0] & 0x1FU) == 24U);
    BOOST_TEST((frame->payload(0)[0] & 0x60U) == 0x60U);
    BOOST_TEST((frame->payload(1)[1] & 0xC0U) == 0x80U);
    BOOST_TEST((frame->payload(3)[1] & 0xC0U) == 0x00U);
    BOOST_TEST((frame->payload(5)[1] & 0xC0U) == 0x40U);
    BOOST_CHECK((depacketizeH264(*frame) == std::vector<Bytes>{sps, pps, idr}));
    for (std::size_t i = 0; i < frame->count(); ++i) BOOST_TEST(frame->marker(i) == (i + 1 == frame->count()));
}

BOOST_AUTO_TEST_CASE(an_h264_picture_that_fits_goes_alone) {
    const Bytes slice = unit(0x41, kMaxRtpPayload);
    const auto frame = packetizeH264(annexB({slice}));
    BOOST_TEST(frame->count() == 1U);
    BOOST_CHECK((depacketizeH264(*frame) == std::vector<Bytes>{slice}));
}

BOOST_AUTO_TEST_CASE(h264_fragments_start_one_byte_above_the_limit) {
    const Bytes slice = unit(0x41, kMaxRtpPayload + 1);
    const auto frame = packetizeH264(annexB({slice}));
    BOOST_TEST(frame->count() == 2U);
    BOOST_CHECK((depacketizeH264(*frame) == std::vector<Bytes>{slice}));
}

BOOST_AUTO_TEST_CASE(delimiters_filler_and_trailing_zeros_are_left_out) {
    const Bytes slice = unit(0x41, 100);
    Packet packet = annexB({{0x09, 0xF0}, slice, {0x0C, 0xFF, 0xFF}});
    packet.bytes.insert(packet.bytes.end(), {0, 0, 0});
    BOOST_CHECK((depacketizeH264(*packetizeH264(packet)) == std::vector<Bytes>{slice}));
}

BOOST_AUTO_TEST_CASE(bytes_without_a_start_code_give_nothing) {
    Packet packet;
    BOOST_TEST(packetizeH264(packet)->count() == 0U);
    packet.bytes = {0, 0, 2, 0x65, 1, 2, 3};
    BOOST_TEST(packetizeH264(packet)->count() == 0U);
    packet.bytes = {0, 0, 1};
    BOOST_TEST(packetizeH264(packet)->count() == 0U);
}

BOOST_AUTO_TEST_CASE(vp8_parts_carry_one_picture_id_and_join_to_the_frame) {
    Packet packet;
    packet.bytes = unit(0x10, 3000);
    packet.sequence = 0x18001;
    const auto frame = packetizeVp8(packet);
    BOOST_TEST(frame->count() == 3U);
    Bytes joined;
    for (std::size_t i = 0; i < frame->count(); ++i) {
        const ByteSpan payload = frame->payload(i);
        BOOST_TEST(payload[0] == (i == 0 ? 0x90 : 0x80));
        BOOST_TEST(payload[1] == 0x80);
        BOOST_TEST(ByteReader(payload.subspan(2)).u16() == 0x8001);
        joined.insert(joined.end(), payload.begin() + 4, payload.end());
    }
    BOOST_TEST(joined == packet.bytes);
}

BOOST_AUTO_TEST_CASE(opus_is_one_payload_without_marker) {
    Packet packet;
    packet.kind = MediaKind::Audio;
    packet.bytes = {0xFC, 1, 2};
    const auto frame = packetize(packet, VideoCodec::Vp8);
    BOOST_TEST(frame->count() == 1U);
    BOOST_TEST(!frame->marker(0));
    BOOST_TEST(frame->payload(0).size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_packet_is_cut_once_for_all_who_ask) {
    PacketizedFrameCache cache;
    auto packet = std::make_shared<Packet>();
    packet->bytes = unit(0x10, 3000);
    const auto first = cache.get(packet, VideoCodec::Vp8);
    BOOST_TEST(cache.get(packet, VideoCodec::Vp8) == first);
    BOOST_TEST(cache.packetized() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
