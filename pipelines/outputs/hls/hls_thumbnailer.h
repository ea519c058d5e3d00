#pragma once

#include <memory>
#include <optional>

#include "mcu/media/packet.h"
#include "mcu/media/sinks.h"
#include "mcu/media/video_decoder.h"

#include "pipelines/outputs/hls/hls_segment.h"

namespace tessera {

/// A small picture of a stream every so often, made of the stream's own keyframes: no other encode is needed.
/// @thread one at a time
class HlsThumbnailer final : private FrameSink {
public:
    /// @param every  at most this often
    /// @param width  pixels; pictures that are smaller stay as they are
    HlsThumbnailer(Duration every, int width) : every_(every), width_(width) {}

    /// @return a JPEG file when one is due and this is a keyframe that can be decoded; else null
    HlsBytes take(const Packet& packet);

private:
    void offer(FramePtr frame) override { picture_ = std::move(frame); }

    const Duration every_;
    const int width_;
    std::optional<MediaTime> last_;
    FramePtr picture_;
};

}  // namespace tessera
