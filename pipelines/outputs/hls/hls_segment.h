#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/base/time.h"
#include "mcu/meeting/encode_spec.h"

#include "pipelines/outputs/webvtt.h"

namespace tessera {

using HlsBytes = std::shared_ptr<const std::string>;

enum class HlsContainer { Fmp4, MpegTs };

/// A piece of a segment that can be fetched before the segment is complete.
/// @source draft-pantos-hls-rfc8216bis section 3.1
struct HlsPart {
    Duration duration{};
    bool isIndependent = false;  ///< holds a keyframe
    HlsBytes bytes;
};

/// One media segment: its parts in order.
struct HlsSegment {
    std::uint64_t number = 0;  ///< media sequence number
    bool isDiscontinuous = false;
    std::int64_t beginsAtMs = 0;     ///< wall clock, Unix time
    MediaTime begin{};               ///< of the meeting, which is the time in the media
    std::size_t initialization = 0;  ///< index of what is read before it
    std::vector<HlsPart> parts;
    mutable std::weak_ptr<const std::string> whole;  ///< all parts joined, while somebody has them

    Duration duration() const {
        Duration sum{};
        for (const HlsPart& part : parts) sum += part.duration;
        return sum;
    }
    std::size_t bytes() const {
        std::size_t sum = 0;
        for (const HlsPart& part : parts) sum += part.bytes->size();
        return sum;
    }
};

struct HlsChapter {
    std::uint64_t number = 0;
    std::int64_t beginsAtMs = 0;  ///< wall clock, Unix time
    std::string title;
};

/// What one stream of segments is, and what its playlists promise.
struct HlsVariant {
    HlsContainer container = HlsContainer::Fmp4;
    bool isLowLatency = true;
    bool isEvent = false;                   ///< everything since the beginning stays listed
    bool isPublic = false;                  ///< nobody needs a right
    int targetDuration = 3;                 ///< seconds; no segment is longer, rounded
    Duration partTarget{333'333'333};       ///< no part is longer
    std::size_t windowSegments = 8;         ///< listed, unless it is an event
    std::size_t memoryBytes = 256U << 20U;  ///< most that is kept
    int thumbnailSeconds = 0;               ///< how often there is another small picture; 0 = never
    std::string captions;                   ///< their language, BCP 47; empty = none
    VideoEncodeSpec video;
    int nominalKbps = 0;  ///< of picture and sound together
};

/// What a segmenter makes. Called by one thread at a time.
class HlsSink {
public:
    virtual ~HlsSink() = default;
    /// What is read before the segments that follow, and what decoders it takes.
    /// @param bytes   empty where the container needs none
    /// @param codecs  as in the CODECS attribute
    virtual void onInitialization(HlsBytes bytes, const std::string& codecs) = 0;
    virtual void onSegmentBegin(MediaTime begin, bool isDiscontinuous) = 0;
    /// @error capacity: there is no room for it, and the stream cannot go on
    virtual Status onPart(HlsPart part) = 0;
    virtual void onSegmentEnd() = 0;
};

}  // namespace tessera
