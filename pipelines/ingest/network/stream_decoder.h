#pragma once

#include <optional>

#include "mcu/media/source_feed.h"

#include "pipelines/ingest/coded_stream.h"
#include "pipelines/ingest/network/packet_line.h"
#include "pipelines/ingest/network/picture_intake.h"

namespace tessera {

/// Decodes the picture and the sound of one opened stream and writes them into a feed.
/// @thread one at a time
class StreamDecoder {
public:
    /// @param format  outlives the decoder
    explicit StreamDecoder(AVFormatContext& format, SourceFeedPtr feed) : format_(format), feed_(std::move(feed)) {}

    /// @error unsupported: libavcodec here does not decode it
    Status open(int medium, int streamIndex);

    /// Offers one packet to the feed's tap, decodes it, and writes what comes of it.
    /// @return how many pictures and pieces of sound were written
    /// @error unsupported: pictures that are not taken (HDR, too large)
    Result<int> decode(const TimedPacket& packet);

private:
    /// Pictures beyond 60 per second are left out.
    static constexpr Duration kMinimumPictureDistance = std::chrono::milliseconds(16);

    struct Track {
        AVStream* stream = nullptr;
        AvCodecContextPtr decoder;
        CodedStream coded{};
        MediaTime follow{};  ///< where what has no timestamp belongs
    };

    Status write(Track& track, int medium, AvFramePtr frame, Duration offset);
    MediaTime timeOf(const Track& track, const AVFrame& frame, Duration offset) const;

    // Borrowed
    AVFormatContext& format_;
    // Owned
    SourceFeedPtr feed_;
    std::array<Track, 2> tracks_;
    PictureIntake pictures_;
    AvSoundConverter sounds_;
    // State
    std::optional<MediaTime> lastPicture_;
};

}  // namespace tessera
