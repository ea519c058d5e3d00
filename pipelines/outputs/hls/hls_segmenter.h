#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "pipelines/outputs/hls/hls_segment.h"
#include "pipelines/outputs/muxer.h"

namespace tessera {

/// How packets are cut.
struct HlsSegmenterSpec {
    HlsContainer container = HlsContainer::Fmp4;
    std::optional<VideoEncodeSpec> video;
    std::optional<AudioEncodeSpec> audio;
    Duration segment = std::chrono::seconds(2);  ///< wanted; a segment ends at the next keyframe
    Duration part{333'333'333};                  ///< no part is longer while packets come regularly
};

/// Whole pictures that fit into about `wanted`. @param hasSound  without it a still view's pictures bound the parts
Duration hlsPartTarget(Duration wanted, const VideoEncodeSpec& video, bool hasSound);

/// Seconds that no segment exceeds, rounded: keyframes that are asked for come within about a second.
int hlsTargetDuration(Duration segment);

/// "avc1.42C01F,mp4a.40.2". @param avcConfiguration  AVCDecoderConfigurationRecord; empty without video
/// @source RFC 6381 section 3.3; ISO/IEC 14496-15 annex E
std::string hlsCodecs(std::span<const std::uint8_t> avcConfiguration, bool hasAudio);

/// Cuts one stream of packets into segments that begin with keyframes, and those into parts.
///
/// Time is what the pictures say (without video: the sound). Every container time is the meeting's, so that streams of
/// the same meeting can be switched. Lost packets, a jump in time and other parameter sets end the segment; the next
/// one begins at a keyframe, marked as discontinuous. @thread one at a time
class HlsSegmenter {
public:
    /// @param sink             outlives the segmenter
    /// @param requestKeyframe  called when a segment is overdue; may be empty
    HlsSegmenter(HlsSegmenterSpec spec, HlsSink& sink, std::function<void()> requestKeyframe);
    ~HlsSegmenter();

    /// @error what the sink answered; internal, unsupported: the container; nothing can follow
    Status write(const PacketPtr& packet);
    /// Ends the last segment.
    Status finish();

    /// Of all segments so far.
    Duration duration() const { return duration_; }

private:
    struct Collector;
    bool drives(const Packet& packet) const;
    bool isBroken(const Packet& packet) const;
    Status begin(const Packet& packet);
    Status advance(const Packet& packet);
    Status cutPart(MediaTime end);
    Status endSegment(MediaTime end);
    Status interrupt();

    // Borrowed
    HlsSink& sink_;
    // Owned
    const HlsSegmenterSpec spec_;
    const std::function<void()> requestKeyframe_;
    std::unique_ptr<Collector> collector_;
    std::unique_ptr<Muxer> muxer_;  ///< null: a keyframe is waited for
    std::deque<PacketPtr> held_;    ///< sound before the first keyframe
    // State
    std::vector<std::uint8_t> configuration_;  ///< of the pictures
    std::optional<std::uint64_t> sequence_;    ///< of the last picture
    MediaTime last_{}, lastEnd_{};             ///< of the last packet that drives
    MediaTime origin_{};                       ///< of the first picture since the last break
    MediaTime segmentBegin_{}, partBegin_{};
    bool partHasKeyframe_ = false, lastIsKeyframe_ = false;
    bool hasBegun_ = false;
    Duration duration_{};
};

}  // namespace tessera
