#pragma once

#include <span>

#include "pipelines/ingest/rtmp/chunk_stream.h"

namespace tessera {

/// What one message of a sender holds of its picture or sound.
/// @source "Adobe Flash Video File Format Specification 10.1", annexes E.4.2 and E.4.3; "Enhanced RTMP" v1 and v2
///         (Veovera), ExVideoTagHeader and ExAudioTagHeader
struct FlvMedia {
    enum class Part {
        Config,  ///< how the frames are to be decoded
        Frame,
        Other,  ///< its end, colours that the frames tell themselves, and what is cut short
    };
    enum class Codec { Unknown, H264, Hevc, Av1, Vp9, Aac, Opus };

    bool isVideo = false;
    bool isEnhanced = false;  ///< in a way that FLV itself does not know
    Part part = Part::Other;
    Codec codec = Codec::Unknown;
    bool isKeyframe = false;
    std::int32_t compositionMs = 0;         ///< how much later than its timestamp a picture is shown
    std::span<const std::uint8_t> payload;  ///< of the message's body
};

/// @param message  of audio or video, not empty
/// @thread any
FlvMedia readFlvMedia(const RtmpMessage& message);

}  // namespace tessera
