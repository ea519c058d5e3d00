#include "pipelines/codecs/video_encoder.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "mcu/media/frame_pool.h"

#include "pipelines/codecs/h264_bitstream.h"
#include "pipelines/codecs/keyframe_gate.h"
#include "pipelines/codecs/still_gate.h"
#include "tests/support/packet_collector.h"

namespace tessera {
namespace {

constexpr FrameRate kRate{30, 1};

FramePtr picture(FramePool& pool, std::int64_t tick) {
    WritableFrame frame = pool.take();
    const Size size = pool.size();
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            frame.data[0][y * frame.frame->planes[0].stride + x] =
                static_cast<std::uint8_t>(16 + (x + y + 3 * tick) % 200);
        }
    }
    for (std::size_t plane = 1; plane < 3; ++plane) {
        const auto bytes = static_cast<std::size_t>(frame.frame->planes[plane].stride * chromaSize(size).height);
        std::memset(frame.data[plane], 128, bytes);
    }
    frame.frame->pts = MediaTime(kRate.tickTime(tick));
    return std::move(frame).publish();
}

VideoEncodeSpec smallSpec(VideoCodec codec) {
    VideoEncodeSpec spec;
    spec.codec = codec;
    spec.size = {328, 184};  // not a multiple of the macroblock size, nor of the pool's alignment
    spec.rate = kRate;
    spec.bitrateKbps = 500;
    spec.keyframeIntervalMs = 1000;
    return spec;
}

/// Encodes ticks [0, ticks) one by one; `before(tick, encoder)` runs before each.
template <typename Before>
std::vector<PacketPtr> encode(const VideoEncoderRow& row, std::int64_t ticks, Before before) {
    PacketCollector collector;
    const auto spec = smallSpec(row.codec);
    auto encoder = createVideoEncoder(row, spec, collector);
    BOOST_REQUIRE_MESSAGE(encoder.ok(), (encoder.ok() ? "" : encoder.error().message));
    FramePool pool(spec.size);
    for (std::int64_t tick = 0; tick < ticks; ++tick) {
        before(tick, **encoder);
        (*encoder)->offer(picture(pool, tick));
        BOOST_REQUIRE(collector.waitFor(static_cast<std::size_t>(tick) + 1));
    }
    BOOST_TEST((*encoder)->framesEncoded() == static_cast<std::uint64_t>(ticks));
    BOOST_TEST((*encoder)->framesDropped() == 0U);
    BOOST_TEST((*encoder)->name() == row.name);
    return collector.packets();
}

std::vector<std::int64_t> keyframes(const std::vector<PacketPtr>& packets) {
    std::vector<std::int64_t> ticks;
    for (const auto& packet : packets) {
        if (packet->keyframe) ticks.push_back(kRate.tickAt(packet->pts.time_since_epoch()));
    }
    return ticks;
}

void checkH264(const Packet& packet) {
    int slices = 0;
    bool hasSps = false, hasPps = false;
    for (const auto& unit : splitAnnexB(packet.bytes)) {
        if (unit.type() == NalType::Slice || unit.type() == NalType::Idr) {
            ++slices;
            BOOST_TEST((unit.type() == NalType::Idr) == packet.keyframe);
        }
        if (unit.type() == NalType::Sps) {
            hasSps = true;
            BOOST_TEST(unit.bytes[1] == 66);               // profile_idc of Baseline
            BOOST_TEST((unit.bytes[2] & 0x40U) == 0x40U);  // constraint_set1_flag: Constrained Baseline
        }
        if (unit.type() == NalType::Pps) hasPps = true;
    }
    BOOST_TEST(slices == 1);
    BOOST_TEST(hasSps == packet.keyframe);
    BOOST_TEST(hasPps == packet.keyframe);
}

void checkVp8(const Packet& packet) {
    BOOST_REQUIRE(packet.bytes.size() > 10);
    BOOST_TEST(((packet.bytes[0] & 1U) == 0) == packet.keyframe);  // RFC 6386 section 9.1
}

}  // namespace

BOOST_AUTO_TEST_SUITE(video_encoder)

BOOST_AUTO_TEST_CASE(every_row_keeps_pts_and_the_asked_cadence_of_keyframes) {
    for (const auto& row : videoEncoderCatalog()) {
        if (row.isOnDevice) continue;  // `tessera probe` tries those on a machine that has one
        BOOST_TEST_CONTEXT(row.name) {
            const auto packets = encode(row, 75, [](std::int64_t, VideoEncoder&) {});
            for (std::size_t i = 0; i < packets.size(); ++i) {
                BOOST_TEST((packets[i]->pts == MediaTime(kRate.tickTime(static_cast<std::int64_t>(i)))));
                BOOST_TEST(packets[i]->sequence == i);
                BOOST_TEST((packets[i]->duration == kRate.period()));
                row.codec == VideoCodec::H264 ? checkH264(*packets[i]) : checkVp8(*packets[i]);
            }
            BOOST_TEST(keyframes(packets) == (std::vector<std::int64_t>{0, 30, 60}), boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(requested_keyframes_come_at_once_and_at_most_once_a_second) {
    for (const auto& row : videoEncoderCatalog()) {
        if (row.isOnDevice) continue;  // `tessera probe` tries those on a machine that has one
        BOOST_TEST_CONTEXT(row.name) {
            const auto packets = encode(row, 60, [](std::int64_t tick, VideoEncoder& encoder) {
                if (tick == 10 || (tick > 12 && tick < 20)) encoder.requestKeyframe();
            });
            BOOST_TEST(keyframes(packets) == (std::vector<std::int64_t>{0, 10, 40}), boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_still_picture_is_refined_for_a_second_and_then_encoded_twice_a_second) {
    for (const auto& row : videoEncoderCatalog()) {
        if (row.isOnDevice) continue;
        BOOST_TEST_CONTEXT(row.name) {
            PacketCollector collector;
            const auto spec = smallSpec(row.codec);
            auto encoder = createVideoEncoder(row, spec, collector);
            BOOST_REQUIRE(encoder.ok());
            FramePool pool(spec.size);
            const FramePtr still = picture(pool, 29);
            // After a second of motion and one of refining, of every 15 ticks one; a request is answered at tick 80.
            std::vector<std::int64_t> expected;
            for (std::int64_t tick = 0; tick < 121; ++tick) {
                auto again = std::make_shared<VideoFrame>(*still);
                again->pts = MediaTime(kRate.tickTime(tick));
                if (tick > 73 && tick < 80) continue;  // so that none of them waits when the request comes
                if (tick == 80) (*encoder)->requestKeyframe();
                (*encoder)->offer(tick < 29 ? picture(pool, tick) : FramePtr(again));
                if (tick < 59 || tick == 73 || tick == 80 || tick == 95 || tick == 110) expected.push_back(tick);
                BOOST_REQUIRE(collector.waitFor(expected.size()));
            }
            encoder->reset();
            const auto packets = collector.packets();
            BOOST_REQUIRE(packets.size() == expected.size());
            std::size_t moving = 0, standing = 0;
            for (std::size_t i = 0; i < packets.size(); ++i) {
                BOOST_TEST((packets[i]->pts == MediaTime(kRate.tickTime(expected[i]))));
                if (expected[i] < 30) moving += packets[i]->bytes.size();
                if (expected[i] >= 90) standing += packets[i]->bytes.size();
                if (expected[i] >= 70) BOOST_TEST(packets[i]->keyframe == (expected[i] == 80));
            }
            BOOST_TEST(standing * 8 < moving);  // both are one second
        }
    }
}

BOOST_AUTO_TEST_CASE(a_still_view_has_a_keyframe_in_ten_seconds) {
    StillGate gate(std::chrono::seconds(2));
    const auto at = [](int ms) { return MediaTime(std::chrono::milliseconds(ms)); };
    BOOST_TEST(!gate.needsKeyframe(at(60'000)));
    gate.onKeyframe(at(1000));
    BOOST_TEST(!gate.needsKeyframe(at(10'999)));
    BOOST_TEST(gate.needsKeyframe(at(11'000)));
    BOOST_TEST(!StillGate(std::chrono::seconds(20)).needsKeyframe(at(11'000)));
}

BOOST_AUTO_TEST_CASE(a_keyframe_that_comes_anyway_answers_a_request) {
    KeyframeGate gate;
    const auto at = [](int ms) { return MediaTime(std::chrono::milliseconds(ms)); };
    BOOST_TEST(!gate.grant(at(0)));
    gate.request();
    BOOST_TEST(gate.grant(at(100)));
    gate.onKeyframe();
    gate.request();
    BOOST_TEST(!gate.grant(at(200)));
    gate.request();  // while the picture of 200 ms is in the encoder and becomes a keyframe
    gate.onKeyframe();
    BOOST_TEST(!gate.grant(at(300)));
    BOOST_TEST(gate.grant(at(1100)));
    gate.onKeyframe();
    BOOST_TEST(!gate.grant(at(3000)));
}

BOOST_AUTO_TEST_CASE(pictures_that_come_too_fast_are_dropped_and_counted) {
    PacketCollector collector;
    auto spec = smallSpec(VideoCodec::H264);
    auto encoder = createVideoEncoder(spec, collector);
    BOOST_REQUIRE(encoder.ok());
    FramePool pool(spec.size);
    std::vector<FramePtr> pictures;
    for (std::int64_t tick = 0; tick < 200; ++tick) pictures.push_back(picture(pool, tick));
    for (const auto& frame : pictures) (*encoder)->offer(frame);
    while (collector.packets().empty() || collector.packets().back()->pts != pictures.back()->pts) {
        BOOST_REQUIRE(collector.waitFor(collector.packets().size() + 1));
    }
    BOOST_TEST((*encoder)->framesEncoded() + (*encoder)->framesDropped() == 200U);
    const auto packets = collector.packets();
    for (std::size_t i = 1; i < packets.size(); ++i) BOOST_TEST((packets[i]->pts > packets[i - 1]->pts));
}

BOOST_AUTO_TEST_CASE(without_a_device_its_rows_say_so_and_software_encodes) {
    for (const auto& row : videoEncoderCatalog()) {
        if (!row.isOnDevice) continue;
        BOOST_TEST(tryVideoEncoder(row).error().message == "no GPU is in use");
    }
    PacketCollector collector;
    auto encoder = createVideoEncoder(smallSpec(VideoCodec::H264), collector);
    BOOST_REQUIRE(encoder.ok());
    BOOST_TEST((*encoder)->name() == "x264");
    BOOST_TEST((createVideoEncoder(smallSpec(VideoCodec::Hevc), collector).error().code == ErrorCode::Unsupported));
}

BOOST_AUTO_TEST_CASE(an_encode_that_nobody_can_make_is_refused) {
    PacketCollector collector;
    auto spec = smallSpec(VideoCodec::Vp8);
    spec.size = {321, 180};
    BOOST_TEST((createVideoEncoder(spec, collector).error().code == ErrorCode::InvalidArgument));
    spec = smallSpec(VideoCodec::Vp8);
    spec.bitrateKbps = 0;
    BOOST_TEST(createVideoEncoder(spec, collector).error().field == "bitrate_kbps");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
