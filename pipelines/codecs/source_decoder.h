#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>

#include "mcu/media/source_feed.h"
#include "mcu/media/video_decoder.h"

#include "pipelines/codecs/decoder_catalog.h"

namespace tessera {

/// Decodes the video of one source into its feed, whatever happens to decoders: takes the first row of the table that
/// fits the stream, another when that one refuses a new size or fails, and the preferred one again when the size has
/// changed or a minute has passed. A decoder that fails is made anew, at most once a second. After each change of
/// decoder pictures are left out until a keyframe, which is asked for.
/// @thread one at a time; takeKeyframeNeeded: any
class SourceDecoder final : private FrameSink {
public:
    /// Failures of one decoder within this time that make the next row the better choice, until a minute has passed.
    static constexpr int kMostFailures = 3;
    static constexpr Duration kFailureWindow = std::chrono::seconds(10);
    /// Between two attempts with a row that refused or failed.
    static constexpr Duration kRetryInterval = std::chrono::seconds(1);
    static constexpr Duration kPreferredRetryInterval = std::chrono::seconds(60);

    /// @param table  not empty
    SourceDecoder(VideoCodec codec, VideoDecoderTable table, SourceFeedPtr feed);

    /// Offers it to the feed's tap, and decodes; counts and forgets what cannot be decoded.
    void decode(const AccessUnit& unit);

    /// True once after pictures were lost that only a keyframe makes good.
    bool takeKeyframeNeeded() { return isKeyframeNeeded_.exchange(false); }
    void needKeyframe();

    /// Writes nothing to the feed any more. @thread any
    void close() { isOpen_ = false; }

    /// Of the row in use; empty before the first access unit and while there is none.
    std::string_view decoderName() const;

private:
    void offer(FramePtr frame) override;
    void tap(const AccessUnit& unit);
    bool makeDecoder(MediaTime now);
    void returnToPreferred(const AccessUnit& unit);
    void leaveRow(MediaTime now);
    void onFailure(MediaTime now);

    // Owned
    VideoDecoderTable table_;
    SourceFeedPtr feed_;
    // State
    VideoCodec codec_;
    std::size_t row_ = 0;
    std::unique_ptr<VideoDecoder> decoder_;
    bool waitsForKeyframe_ = false;
    int failures_ = 0;
    MediaTime firstFailure_{}, notBefore_{}, leftPreferred_{};
    std::optional<Size> sizeAfterLeaving_;  ///< of the first picture that a later row has decoded
    bool hasSizeChanged_ = false;           ///< since then
    std::atomic<bool> isKeyframeNeeded_{false};
    std::atomic<bool> isOpen_{true};
};

}  // namespace tessera
