#pragma once

#include <memory>
#include <vector>

#include "mcu/media/coded_tap.h"

#include "pipelines/av/av_ptr.h"

namespace tessera {

/// Offers the packets of one demuxed stream to a tap, when somebody wants them.
/// @thread one at a time
class CodedStream {
public:
    /// @param stream  whose packet it is
    /// @param offset  from the stream's timestamps to the meeting's
    void offer(const AVPacket& packet, const AVStream& stream, Duration offset, CodedTap& tap);

    /// The next packet does not follow the one before.
    void interrupt() { isInterrupted_ = true; }

private:
    void keepConfiguration(const AVPacket& packet, const AVCodecParameters& parameters);

    // State
    std::shared_ptr<const std::vector<std::uint8_t>> configuration_;
    bool isInterrupted_ = true;
};

}  // namespace tessera
