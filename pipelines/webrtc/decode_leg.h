#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/packet.h"
#include "mcu/media/source_feed.h"

#include "pipelines/codecs/decoder_catalog.h"
#include "pipelines/gst/pipeline.h"

namespace tessera {

/// Turns one sending peer's ordered RTP packets into pictures and sound in its SourceFeed: one GStreamer pipeline with
/// a video and an audio branch, one streaming thread each; the video branch ends in a SourceDecoder. Decodes as fast as
/// packets come: nothing in it waits for a clock, and pts are MediaTime. A pipeline that fails is replaced by the next
/// packet, at most once a second.
class DecodeLeg {
public:
    struct Settings {
        std::optional<VideoCodec> video;
        bool audio = false;
        std::uint8_t videoPayloadType = 96, audioPayloadType = 111;
        VideoDecoderTable decoders = softwareVideoDecoders();
    };
    /// Undecoded video that waits is bounded: a decoder that falls behind by more loses everything up to the next
    /// keyframe. About 2 s of 4 Mb/s.
    static constexpr std::uint64_t kMaxWaitingBytes = 1U << 20U;
    static constexpr Duration kRebuildInterval = std::chrono::seconds(1);

    /// @error unsupported: a decoder is not installed
    static Result<std::unique_ptr<DecodeLeg>> create(const Settings& settings, SourceFeedPtr feed);
    ~DecodeLeg();

    /// @param rtp  a plain RTP packet: no CSRC, no extension, no padding
    /// @param pts  of its first sample or picture
    /// @thread the peer's event loop; never waits
    void pushVideo(const std::vector<std::uint8_t>& rtp, MediaTime pts);
    /// @param lostBefore  packets missing directly before this one: concealed, or restored from in-band FEC
    void pushAudio(const std::vector<std::uint8_t>& rtp, MediaTime pts, std::uint32_t lostBefore);

    /// True once after the decoder could not go on, or video was skipped.
    bool takeKeyframeNeeded();

    /// Writes nothing to the feed any more, and ends the pipeline within `deadline` or leaves it to the reaper.
    /// @thread any but a streaming thread; not beside a push
    void stop(Duration deadline);

    /// Makes the pipeline fail as an element's error does, for tests.
    void breakPipeline();

private:
    struct Shared;

    DecodeLeg(const Settings& settings, SourceFeedPtr feed) : feed_(std::move(feed)), settings_(settings) {}
    Status build();
    void rebuildIfBroken(MediaTime now);
    Status addVideo();
    Status addAudio();
    Result<GstElement*> addSource(const char* media, int payloadType, int clockRate, const char* encoding);
    void watchKeyframeEvents(GstElement* source);

    // Owned
    std::shared_ptr<Shared> shared_;
    std::unique_ptr<Pipeline> pipeline_;
    SourceFeedPtr feed_;
    // State
    Settings settings_;
    std::optional<MediaTime> builtAt_;  ///< of the last rebuild
    GstElement* videoSource_ = nullptr;
    GstElement* audioSource_ = nullptr;
    bool isSkipping_ = false;  ///< video is dropped until a keyframe begins
};

}  // namespace tessera
