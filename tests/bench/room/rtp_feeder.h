#pragma once

#include <atomic>
#include <vector>

#include "mcu/base/sync.h"

#include "tests/bench/room/rtp_clip.h"

namespace tessera {

/// Takes one party's RTP, on the feeder's thread. Must not wait.
class RtpSink {
public:
    virtual ~RtpSink() = default;
    /// @param at  of the picture or sound, since the party's beginning; never turns back
    virtual void push(MediaKind kind, const std::vector<std::uint8_t>& rtp, Duration at) = 0;
};

/// Plays a clip over and over to every sink in real time from one thread, each a little later than the one before, so
/// that pictures do not come at the same moment.
class RtpFeeder {
public:
    RtpFeeder(const RtpClip& clip, const std::vector<RtpSink*>& sinks);
    ~RtpFeeder();

private:
    struct Party {
        RtpSink* sink;
        Duration start;
        std::size_t unit = 0;
        std::int64_t round = 0;
        std::uint16_t videoSequence = 0, audioSequence = 0;
    };
    Duration dueTime(const Party& party) const;
    void pushNext(Party& party);
    void run();

    // Borrowed
    const RtpClip& clip_;

    // State
    std::vector<Party> parties_;
    std::vector<std::uint8_t> packet_;
    std::atomic<bool> isEnding_{false};
    Thread thread_;
};

}  // namespace tessera
