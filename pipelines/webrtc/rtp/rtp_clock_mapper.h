#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "mcu/base/time.h"

#include "pipelines/webrtc/rtcp/ntp_time.h"
#include "pipelines/webrtc/rtp/sequence_number.h"

namespace tessera {

class RtpClockMapper;

/// The clock that all streams of one sender share, learnt from its sender reports. Outlives its mappers. Not
/// thread-safe.
class SenderClock {
public:
    /// Where the sender's NTP origin lies on the meeting's timeline: the latest of what the streams with a report
    /// measure. Nothing while fewer than two streams agree within kMaxSkew: then each goes by its arrivals alone.
    std::optional<Duration> origin() const;

    /// Audio and video of one capture instant leave a sender at most this far apart; reports that say more are wrong.
    static constexpr Duration kMaxSkew = std::chrono::milliseconds(500);

private:
    friend class RtpClockMapper;
    std::vector<const RtpClockMapper*> streams_;
};

/// Maps the RTP timestamps of one received stream to meeting time. Not thread-safe.
///
/// Let media = timestamp / clock rate, unwrapped.
/// 1. arrivalOffset = minimum of (arrival - media) over the last kWindow: the offset of a packet that was not delayed.
///    It is there with the first packet and follows the drift of the sender's clock. When the minimum over the last
///    kRecent alone is more than kLate above it (the path got longer, or the sender's clock stood still), that counts.
/// 2. A sender report tells reportOffset = NTP - media. With reports for two streams, SenderClock::origin is the
/// maximum
///    over them of (arrivalOffset - reportOffset), and each stream's target is origin + reportOffset: equal capture
///    times get equal meeting times, and no stream's undelayed packet arrives after its own pts. Otherwise the target
///    is arrivalOffset.
/// 3. The offset in use moves towards the target by at most kSlew (kFastSlew in the first kSettling) per unit of time,
/// so
///    that audio is resampled and not cut; only an error above kStep is taken over at once, and one above kLate where
///    packets come later than their pts says, since they would soon miss the playout delay for as long as it is slewed.
/// 4. Where timestamps and arrivals disagree by more than kRestart for kRestartPackets in a row, the sender has started
///    anew: everything but the shared clock is forgotten.
///
/// @source RFC 3550 section 6.4.1 (NTP and RTP time of one instant); windowed minimum as in RFC 5905 section 10 (clock
///         filter: the sample of least delay is the truest)
class RtpClockMapper {
public:
    RtpClockMapper(SenderClock& clock, std::uint32_t clockRate);
    ~RtpClockMapper();
    RtpClockMapper(const RtpClockMapper&) = delete;
    RtpClockMapper& operator=(const RtpClockMapper&) = delete;

    /// The pts of a packet. Call for each received packet in order of arrival.
    MediaTime map(std::uint32_t rtpTimestamp, MediaTime arrival);

    void onSenderReport(NtpTime ntp, std::uint32_t rtpTimestamp);
    /// The sender has another SSRC now.
    void reset();

    std::uint64_t steps() const { return steps_; }

    /// Above the time between keyframes' bursts, below what 500 ppm of drift would blur to 5 ms.
    static constexpr Duration kWindow = std::chrono::seconds(10);
    /// Above a burst of delay, below what listeners take for an outage.
    static constexpr Duration kRecent = std::chrono::seconds(2);
    static constexpr Duration kStep = std::chrono::milliseconds(200);
    /// Above what drift and the noise of the minimum make, below the playout delay.
    static constexpr Duration kLate = std::chrono::milliseconds(40);
    static constexpr Duration kRestart = std::chrono::seconds(3);
    static constexpr int kRestartPackets = 5;
    static constexpr Duration kSettling = std::chrono::seconds(5);
    /// Fractions of elapsed time: 0.5 % is below the pitch change that is heard; 5 % only while a stream starts.
    static constexpr double kSlew = 0.005;
    static constexpr double kFastSlew = 0.05;

private:
    friend class SenderClock;
    struct Bucket {
        std::int64_t index = 0;  ///< arrival time in units of kBucket
        Duration minimum{};
    };
    static constexpr Duration kBucket = std::chrono::seconds(1);

    Duration mediaTime(std::int64_t extendedTimestamp) const;
    bool looksRestarted(Duration offset);
    void observe(Duration offset, MediaTime arrival);
    void slew(MediaTime arrival);
    Duration arrivalOffset() const;

    // Borrowed
    SenderClock* clock_;
    // State
    std::uint32_t clockRate_;
    TimestampUnwrapper timestamps_;
    std::deque<Bucket> window_;
    std::optional<Duration> offset_;  ///< in use: pts = media + offset
    std::optional<Duration> reportOffset_;
    MediaTime startedAt_{}, slewedAt_{};
    int strange_ = 0;
    std::uint64_t steps_ = 0;
};

}  // namespace tessera
