#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/outputs/hls/hls_window.h"

namespace tessera {

/// How far another stream of the same pictures has come. @source draft-pantos-hls-rfc8216bis section 4.4.5.4
struct HlsRenditionReport {
    std::string uri;
    std::uint64_t lastSegment = 0;
    std::optional<std::uint64_t> lastPart;
};

/// What a media playlist is written from, beside the segments.
struct HlsPlaylistText {
    const HlsVariant& variant;
    std::string stem;    ///< of the names of segments
    std::string query;   ///< appended to every URI: empty or "?token=..."
    bool skips = false;  ///< a delta update was asked for
    std::vector<HlsRenditionReport> reports;
    bool isOfCaptions = false;  ///< the same segments as WebVTT
};

/// @source RFC 8216 section 4.3; draft-pantos-hls-rfc8216bis section 4.4
std::string mediaPlaylist(const HlsPlaylistText& text, const HlsWindow& window);

/// One line of a master playlist.
struct HlsVariantLine {
    std::string uri;
    std::string codecs;
    std::int64_t peakBitsPerSecond = 0;
    std::int64_t averageBitsPerSecond = 0;
    Size size;
    FrameRate rate;
    std::string captions;     ///< their language; empty = none
    std::string captionsUri;  ///< playlist of the captions
};

/// @source RFC 8216 section 4.3.4
std::string masterPlaylist(std::vector<HlsVariantLine> variants);

std::string hlsSegmentName(const HlsPlaylistText& text, std::uint64_t segment);
std::string hlsPartName(const HlsPlaylistText& text, std::uint64_t segment, std::size_t part);

}  // namespace tessera
