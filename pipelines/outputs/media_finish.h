#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "mcu/base/result.h"

namespace tessera {

/// What a media file holds.
struct MediaFacts {
    std::int64_t beginsMs = 0;    ///< of the first picture or sound
    std::int64_t durationMs = 0;  ///< from 0 to the end of the last one
    std::string videoCodec;       ///< libavcodec's name; empty without video
    int width = 0, height = 0;
    std::string audioCodec;  ///< empty without audio
};

/// A part of a media file with a title.
struct MediaChapter {
    std::int64_t beginMs = 0, endMs = 0;
    std::string title;
    bool operator==(const MediaChapter&) const = default;
};

/// Reads a whole media file, one that a crash has cut off, too. @error invalid_argument: it is none
Result<MediaFacts> probeMedia(const std::string& path);

/// Makes a complete recording of what was written while it ran: an MP4 file with its index at the front and without
/// fragments, a Matroska file with duration and cues. The new file takes the old one's place in one step, after it has
/// reached the disk; the old one stays when anything fails.
///
/// @param chapters  written into it, in the order of time
/// @param stopping  ends it early when set, with the old file as it was
/// @error capacity: less disk space than a second copy needs; timeout: stopped; invalid_argument, internal
/// @thread any that may wait for the disk
Status finishMedia(const std::string& path, const std::vector<MediaChapter>& chapters,
                   const std::atomic<bool>& stopping);

/// Writes the first picture of a media file as JPEG. @error invalid_argument: it has none; internal: the disk
Status writePoster(const std::string& media, const std::string& poster);

}  // namespace tessera
