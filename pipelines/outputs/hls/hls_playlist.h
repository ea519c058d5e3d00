#pragma once

#include <optional>
#include <string>
#include <string_view>
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
    bool skips = false;  ///< a delta update was asked for
    std::vector<HlsRenditionReport> reports;
    bool isOfCaptions = false;  ///< the same segments as WebVTT
};

/// A playlist that is written once and given to many, to each with a query of its own in every URI.
class HlsPlaylist {
public:
    /// @param marked  the text, with a kUriEnd behind each URI
    explicit HlsPlaylist(std::string_view marked);

    static constexpr char kUriEnd = '\x01';

    /// Without a query.
    const HlsBytes& text() const { return text_; }
    /// @param query  as in "?token=..."
    HlsBytes with(std::string_view query) const;

private:
    HlsBytes text_;
    std::vector<std::size_t> uriEnds_;  ///< in the text
};

/// @source RFC 8216 section 4.3; draft-pantos-hls-rfc8216bis section 4.4
HlsPlaylist mediaPlaylist(const HlsPlaylistText& text, const HlsWindow& window);

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

}  // namespace tessera
