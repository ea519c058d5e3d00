#include "pipelines/webrtc/rtp/rtp_clock_mapper.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

namespace tessera {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A sender whose clocks start at random points and may drift; capture times are the meeting's.
struct Sender {
    double drift = 0;  ///< 1e-4 = 100 ppm fast
    std::uint32_t timestampStart = 0xFFFF0000;
    std::uint32_t rate = 90000;

    double senderSeconds(Duration capture) const { return toSeconds(capture) * (1 + drift); }
    std::uint32_t timestamp(Duration capture) const {
        return timestampStart + static_cast<std::uint32_t>(std::llround(senderSeconds(capture) * rate));
    }
    NtpTime ntp(Duration capture) const {
        const auto ns = static_cast<std::int64_t>(senderSeconds(capture) * 1e9);
        return NtpTime::fromMedia(MediaTime(Duration(ns) + seconds(1'000'000)));
    }
};

double errorMs(MediaTime pts, Duration expected) {
    return toSeconds(pts.time_since_epoch() - expected) * 1000;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rtp_clock_mapper)

BOOST_AUTO_TEST_CASE(the_first_packet_is_mapped_to_its_arrival) {
    SenderClock clock;
    RtpClockMapper mapper(clock, 90000);
    BOOST_CHECK(mapper.map(123456, MediaTime(seconds(7))) == MediaTime(seconds(7)));
    BOOST_CHECK(mapper.map(123456 + 9000, MediaTime(milliseconds(7100))) == MediaTime(milliseconds(7100)));
}

BOOST_AUTO_TEST_CASE(jitter_does_not_move_the_pts) {
    const Sender sender;
    SenderClock clock;
    RtpClockMapper mapper(clock, 90000);
    for (int n = 0; n < 3000; ++n) {
        const Duration capture = FrameRate{30, 1}.tickTime(n);
        const Duration delay = milliseconds(20) + milliseconds(n % 7 * 12);
        const MediaTime pts = mapper.map(sender.timestamp(capture), MediaTime(capture + delay));
        BOOST_REQUIRE_SMALL(errorMs(pts, capture + milliseconds(20)), 0.1);
    }
    BOOST_TEST(mapper.steps() == 0U);
}

BOOST_AUTO_TEST_CASE(a_late_first_packet_is_slewed_out) {
    const Sender sender;
    SenderClock clock;
    RtpClockMapper mapper(clock, 90000);
    double previous = 0, error = 0;
    for (int n = 0; n < 300; ++n) {
        const Duration capture = FrameRate{30, 1}.tickTime(n);
        const Duration delay = n == 0 ? milliseconds(150) : milliseconds(10);
        const MediaTime pts = mapper.map(sender.timestamp(capture), MediaTime(capture + delay));
        error = errorMs(pts, capture + milliseconds(10));
        if (n > 0) BOOST_REQUIRE_LT(std::abs(error - previous), 1.7);  // 5 % of a frame
        previous = error;
    }
    BOOST_CHECK_SMALL(error, 0.1);
    BOOST_TEST(mapper.steps() == 0U);
}

BOOST_AUTO_TEST_CASE(drift_is_followed_for_an_hour_through_timestamp_wraps) {
    for (const double drift : {-2e-4, 2e-4}) {
        const Sender sender{drift};
        SenderClock clock;
        RtpClockMapper mapper(clock, 90000);
        for (int n = 0; n < 10 * 3600; ++n) {
            const Duration capture = FrameRate{10, 1}.tickTime(n);
            const Duration delay = milliseconds(5 + n * 31 % 40);
            const MediaTime pts = mapper.map(sender.timestamp(capture), MediaTime(capture + delay));
            BOOST_REQUIRE_SMALL(errorMs(pts, capture + milliseconds(5)), 4.0);
        }
        BOOST_TEST(mapper.steps() == 0U);
    }
}

BOOST_AUTO_TEST_CASE(sender_reports_align_audio_and_video_of_one_sender) {
    const Sender video, audio{0, 12345, 48000};
    SenderClock clock;
    RtpClockMapper videoMapper(clock, 90000), audioMapper(clock, 48000);
    double apart = 0;
    for (int n = 0; n < 50 * 60; ++n) {
        const Duration capture = FrameRate{50, 1}.tickTime(n);
        const MediaTime a = audioMapper.map(audio.timestamp(capture), MediaTime(capture + milliseconds(10)));
        const MediaTime v = videoMapper.map(video.timestamp(capture), MediaTime(capture + milliseconds(90)));
        if (n % 50 == 25) {
            audioMapper.onSenderReport(audio.ntp(capture), audio.timestamp(capture));
            videoMapper.onSenderReport(video.ntp(capture), video.timestamp(capture));
        }
        apart = toSeconds(v - a) * 1000;
        // No undelayed packet may come after its own pts says it should be there.
        BOOST_REQUIRE_LT(errorMs(v, capture + milliseconds(90)), 0.5);
        BOOST_REQUIRE_GT(errorMs(v, capture + milliseconds(90)), -0.5);
        if (n == 20) BOOST_CHECK_CLOSE(apart, 80.0, 1.0);
    }
    BOOST_CHECK_SMALL(apart, 1.0);
    BOOST_TEST(audioMapper.steps() + videoMapper.steps() == 0U);
}

BOOST_AUTO_TEST_CASE(reports_that_cannot_be_true_are_ignored) {
    const Sender video, audio{0, 12345, 48000};
    SenderClock clock;
    RtpClockMapper videoMapper(clock, 90000), audioMapper(clock, 48000);
    for (int n = 0; n < 500; ++n) {
        const Duration capture = FrameRate{50, 1}.tickTime(n);
        const MediaTime a = audioMapper.map(audio.timestamp(capture), MediaTime(capture + milliseconds(10)));
        const MediaTime v = videoMapper.map(video.timestamp(capture), MediaTime(capture + milliseconds(20)));
        audioMapper.onSenderReport(audio.ntp(capture + seconds(3)), audio.timestamp(capture));
        videoMapper.onSenderReport(video.ntp(capture), video.timestamp(capture));
        BOOST_REQUIRE_SMALL(errorMs(a, capture + milliseconds(10)), 0.1);
        BOOST_REQUIRE_SMALL(errorMs(v, capture + milliseconds(20)), 0.1);
    }
}

/// Also one that is longer by little more than the playout delay, as when a sender's sound card stood still.
BOOST_AUTO_TEST_CASE(a_longer_path_is_taken_over_in_one_step) {
    for (const auto longer : {milliseconds(50), milliseconds(100), milliseconds(190), milliseconds(400)}) {
        const Sender sender;
        SenderClock clock;
        RtpClockMapper mapper(clock, 90000);
        for (int n = 0; n < 300; ++n) {
            const Duration capture = FrameRate{30, 1}.tickTime(n);
            const Duration delay = milliseconds(10) + (n < 150 ? milliseconds(0) : longer);
            const MediaTime pts = mapper.map(sender.timestamp(capture), MediaTime(capture + delay));
            if (n > 150 + 30 * 4) BOOST_REQUIRE_SMALL(errorMs(pts, capture + delay), 0.1);
        }
        BOOST_TEST(mapper.steps() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_sender_that_starts_anew_is_followed) {
    const Sender before{0, 1000}, after{0, 3'000'000'000};
    SenderClock clock;
    RtpClockMapper mapper(clock, 90000);
    for (int n = 0; n < 300; ++n) {
        const Duration capture = FrameRate{30, 1}.tickTime(n);
        const Sender& sender = n < 150 ? before : after;
        const MediaTime pts = mapper.map(sender.timestamp(capture), MediaTime(capture + milliseconds(10)));
        BOOST_REQUIRE_SMALL(errorMs(pts, capture + milliseconds(10)), 0.1);
    }
    BOOST_TEST(mapper.steps() == 1U);
}

BOOST_AUTO_TEST_CASE(one_stray_timestamp_changes_nothing) {
    const Sender sender;
    SenderClock clock;
    RtpClockMapper mapper(clock, 90000);
    for (int n = 0; n < 300; ++n) {
        const Duration capture = FrameRate{30, 1}.tickTime(n);
        const std::uint32_t stray = n == 150 ? 1'000'000'000 : 0;
        const MediaTime pts = mapper.map(sender.timestamp(capture) + stray, MediaTime(capture + milliseconds(10)));
        BOOST_REQUIRE_SMALL(errorMs(pts, capture + milliseconds(10)), 0.1);
    }
    BOOST_TEST(mapper.steps() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
