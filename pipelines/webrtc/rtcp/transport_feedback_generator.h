#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "mcu/base/time.h"

#include "pipelines/webrtc/rtcp/rtcp_packet.h"
#include "pipelines/webrtc/rtp/sequence_number.h"

namespace tessera {

/// Remembers when transport-wide numbered packets of one peer (audio and video together) arrived, and makes the
/// feedback that the peer's congestion control needs. Not thread-safe.
/// @source draft-holmer-rmcat-transport-wide-cc-extensions-01 sections 2 and 3
class TransportFeedbackGenerator {
public:
    /// How often `take` should be called: between 50 and 100 ms; faster costs upstream, slower makes the sender blind.
    static constexpr Duration kInterval = std::chrono::milliseconds(60);

    void onPacket(std::uint16_t transportSequence, MonotonicTime arrival);

    /// Everything since the last call: one packet, or more where a gap in time or numbers does not fit one; none when
    /// nothing came. A packet that comes after a later one was reported starts the next feedback, which repeats
    /// what was received behind it.
    std::vector<TransportFeedback> take(std::uint32_t senderSsrc, std::uint32_t mediaSsrc);

private:
    /// One feedback covers at most this many numbers: the worst chunks and deltas of them fit 1200 bytes.
    static constexpr std::int64_t kMaxStatuses = 400;
    /// Numbers further behind the highest than this are too late to matter to a congestion controller.
    static constexpr std::int64_t kMaxReorder = 1000;

    using Arrivals = std::map<std::int64_t, MonotonicTime>;
    /// Fills one feedback from `it` on. @return where the next one begins
    Arrivals::const_iterator fill(TransportFeedback& feedback, Arrivals::const_iterator it);
    void forgetOld();

    // State
    SequenceUnwrapper unwrapper_;
    Arrivals arrivals_;                 ///< extended number to first arrival, reported ones included
    std::optional<std::int64_t> next_;  ///< first number of the next feedback
    std::uint8_t feedbackCount_ = 0;
};

}  // namespace tessera
