#include "pipelines/webrtc/rtp/rtp_stream_writer.h"

#include <boost/test/unit_test.hpp>

#include "pipelines/webrtc/rtp/sent_packet_history.h"

namespace tessera {

namespace {

using std::chrono::milliseconds;

PacketizedFramePtr frameAt(MediaKind kind, Duration pts, Duration duration, std::size_t payloads = 1) {
    auto frame = std::make_shared<PacketizedFrame>();
    frame->kind = kind;
    frame->pts = MediaTime(pts);
    frame->duration = duration;
    for (std::size_t i = 0; i < payloads; ++i) {
        frame->buffer().resize(frame->buffer().size() + 100);
        frame->endPayload();
    }
    return frame;
}

constexpr RtpStreamWriter::Settings kAudio{1, 111, 48000, 100, 5000};
constexpr RtpStreamWriter::Settings kVideo{2, 96, 90000, 0xFFFF, 0};

std::uint32_t sendAudio(RtpStreamWriter& writer, Duration pts) {
    const auto frame = frameAt(MediaKind::Audio, pts, milliseconds(20));
    BOOST_REQUIRE(writer.begin(*frame));
    return writer.next(*frame, 0).timestamp;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rtp_stream_writer)

BOOST_AUTO_TEST_CASE(packets_of_a_picture_share_a_timestamp_and_the_last_is_marked) {
    RtpStreamWriter writer(kVideo);
    const auto frame = frameAt(MediaKind::Video, FrameRate{30, 1}.tickTime(1), milliseconds(33), 3);
    BOOST_REQUIRE(writer.begin(*frame));
    const RtpHeader first = writer.next(*frame, 0), second = writer.next(*frame, 1), third = writer.next(*frame, 2);
    BOOST_TEST(first.sequence == 0xFFFF);
    BOOST_TEST(second.sequence == 0);
    BOOST_TEST(first.timestamp == 3000U);
    BOOST_TEST(third.timestamp == 3000U);
    BOOST_TEST(!second.marker);
    BOOST_TEST(third.marker);
    BOOST_TEST(third.ssrc == 2U);
    BOOST_TEST(third.payloadType == 96);
}

BOOST_AUTO_TEST_CASE(timestamps_are_exact_after_days) {
    RtpStreamWriter writer(kVideo);
    const auto late = frameAt(MediaKind::Video, std::chrono::hours(24 * 365), milliseconds(33));
    BOOST_REQUIRE(writer.begin(*late));
    BOOST_TEST(writer.next(*late, 0).timestamp == static_cast<std::uint32_t>(365LL * 86400 * 90000));
}

BOOST_AUTO_TEST_CASE(a_switch_of_rendition_goes_on_without_a_gap) {
    RtpStreamWriter writer(kAudio);
    BOOST_TEST(sendAudio(writer, milliseconds(0)) == 5000U);
    BOOST_TEST(sendAudio(writer, milliseconds(20)) == 5960U);
    // The other encoder is half a packet behind: it is put directly behind what was sent.
    BOOST_TEST(sendAudio(writer, milliseconds(30)) == 6920U);
    BOOST_TEST(sendAudio(writer, milliseconds(50)) == 7880U);
    // A real gap shows as one and brings the true times back.
    BOOST_TEST(sendAudio(writer, milliseconds(200)) == 5000U + 9600U);
    BOOST_TEST(writer.packets() == 5U);
}

BOOST_AUTO_TEST_CASE(older_frames_are_left_out) {
    RtpStreamWriter audio(kAudio);
    sendAudio(audio, milliseconds(200));
    BOOST_TEST(!audio.begin(*frameAt(MediaKind::Audio, milliseconds(140), milliseconds(20))));
    RtpStreamWriter video(kVideo);
    BOOST_TEST(video.begin(*frameAt(MediaKind::Video, milliseconds(200), milliseconds(33))));
    BOOST_TEST(!video.begin(*frameAt(MediaKind::Video, milliseconds(200), milliseconds(33))));
    BOOST_TEST(video.begin(*frameAt(MediaKind::Video, milliseconds(201), milliseconds(33))));
}

BOOST_AUTO_TEST_CASE(reports_of_audio_and_video_map_one_meeting_time) {
    RtpStreamWriter audio(kAudio), video(kVideo);
    BOOST_TEST(!audio.report(MediaTime(milliseconds(0))).has_value());
    sendAudio(audio, milliseconds(0));
    const auto picture = frameAt(MediaKind::Video, milliseconds(0), milliseconds(33), 2);
    BOOST_REQUIRE(video.begin(*picture));
    video.next(*picture, 0);
    video.next(*picture, 1);
    const MediaTime now{milliseconds(1500)};
    const auto audioReport = audio.report(now), videoReport = video.report(now);
    BOOST_REQUIRE(audioReport && videoReport);
    BOOST_CHECK(audioReport->ntp == videoReport->ntp);
    BOOST_TEST(audioReport->rtpTimestamp == 5000U + 72000U);
    BOOST_TEST(videoReport->rtpTimestamp == 135000U);
    BOOST_TEST(videoReport->packets == 2U);
    BOOST_TEST(videoReport->octets == 200U);
}

BOOST_AUTO_TEST_CASE(history_gives_what_was_sent_once_per_round_trip) {
    SentPacketHistory history(8);
    const auto frame = frameAt(MediaKind::Video, milliseconds(0), milliseconds(33), 3);
    const MonotonicTime start{milliseconds(1000)};
    const RtpHeader header{false, 96, 0xFFFF, 7, 2};
    history.add(header, frame, 2, start);
    BOOST_TEST(history.takeForResend(5, start, milliseconds(30)) == nullptr);
    const SentPacket* found = history.takeForResend(0xFFFF, start + milliseconds(10), milliseconds(30));
    BOOST_REQUIRE(found != nullptr);
    BOOST_CHECK(found->header == header);
    BOOST_TEST(found->frame == frame);
    BOOST_TEST(found->index == 2U);
    BOOST_TEST(history.takeForResend(0xFFFF, start + milliseconds(30), milliseconds(30)) == nullptr);
    BOOST_TEST(history.takeForResend(0xFFFF, start + milliseconds(40), milliseconds(30)) != nullptr);
}

BOOST_AUTO_TEST_CASE(history_forgets_by_count_and_by_age) {
    SentPacketHistory history(8);
    const auto frame = frameAt(MediaKind::Video, milliseconds(0), milliseconds(33));
    const MonotonicTime start{};
    for (std::uint16_t sequence = 0; sequence < 9; ++sequence)
        history.add({false, 96, sequence, 0, 2}, frame, 0, start);
    BOOST_TEST(history.takeForResend(0, start, milliseconds(0)) == nullptr);
    BOOST_TEST(history.takeForResend(1, start, milliseconds(0)) != nullptr);
    BOOST_TEST(history.takeForResend(2, start + milliseconds(1001), milliseconds(0)) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
