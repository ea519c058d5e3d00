#pragma once

#include <array>
#include <optional>

#include "mcu/base/time.h"

namespace tessera {

/// Places the timestamps of one source on the meeting's timeline: one mapping for picture and sound together, made of
/// when packets arrive. Not thread-safe.
///
/// A stream that comes as it is made (Arrival) follows the packets that were on their way the shortest, slowly, so that
/// jitter is not seen and the sender's clock may be wrong by up to 0.5 %; timestamps that jump anchor it anew. A stream
/// that may be read ahead (Paced) is placed once, and anew when it fell behind.
class StreamClock {
public:
    enum class Kind { Arrival, Paced };

    /// @param latency  by how much the media is later than its quickest packet: what jitter there may be
    StreamClock(Kind kind, Duration latency) : kind_(kind), latency_(latency) {}

    /// What to add to a timestamp of the stream to make it a time of the meeting.
    struct Offset {
        Duration value{};
        bool jumped = false;  ///< what comes next does not go on from what came before
    };
    /// @param medium  0 = picture, 1 = sound
    /// @param stamp   decoding time in the stream
    Offset observe(int medium, Duration stamp, MediaTime arrival);

    /// A new connection: nothing is known.
    void restart();

private:
    /// Long enough to hold a quick packet, short enough to follow a route that became slower.
    static constexpr Duration kWindow = std::chrono::seconds(2);
    static constexpr Duration kSettle = std::chrono::seconds(1);
    static constexpr double kSlew = 0.005;
    /// Beyond, timestamps have jumped; above the jitter of networks that are of use.
    static constexpr Duration kJump = std::chrono::milliseconds(500);
    static constexpr Duration kFarthestAhead = std::chrono::seconds(30);

    struct Medium {
        std::optional<Duration> last;     ///< newest timestamp
        std::optional<Duration> minimum;  ///< of the present window, arrival less timestamp
        std::optional<Duration> before;   ///< of the window before
        MediaTime begin{};
    };

    Offset followArrival(Medium& medium, Duration distance, MediaTime arrival);
    Offset pace(Duration stamp, MediaTime arrival);
    Offset anchor(Duration distance, MediaTime arrival);
    Duration target() const;

    Kind kind_;
    Duration latency_;
    std::array<Medium, 2> media_;
    std::optional<Duration> offset_;
    MediaTime anchored_{}, updated_{};
};

}  // namespace tessera
