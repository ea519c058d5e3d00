#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "mcu/base/result.h"

namespace tessera {

/// What a name under a site's view stands for: "<stem>.m3u8", "<stem>-i0.mp4", "<stem>-12.m4s" or "<stem>-12.3.m4s"
/// (part 3 of segment 12), and the same with ".ts"; "<stem>_captions.m3u8", "<stem>-12.vtt", and
/// "<playlist>.jpg".
struct HlsFile {
    enum class Kind { Playlist, Initialization, Segment, Part, CaptionPlaylist, Captions, Thumbnail };
    Kind kind = Kind::Playlist;
    std::string stem;
    std::uint64_t number = 0;  ///< of the initialization or segment
    std::uint64_t part = 0;
    std::string_view extension;  ///< "m3u8", "mp4", "m4s", "ts", "vtt", "jpg"; of static storage
};

/// What follows the stem in the name of a playlist of captions.
inline constexpr std::string_view kHlsCaptionsSuffix = "_captions";

/// @error not_found: no file can have this name
Result<HlsFile> parseHlsFile(std::string_view name);

/// Delivery directives and the credential that a player carries from playlist to playlist.
/// @source draft-pantos-hls-rfc8216bis section 6.2.5
struct HlsQuery {
    std::optional<std::uint64_t> segment;  ///< _HLS_msn
    std::optional<std::uint64_t> part;     ///< _HLS_part
    bool skips = false;                    ///< _HLS_skip
    std::string token;                     ///< of characters that need no escape in a URI
};

/// @param query  decoded; other parameters are ignored
/// @error invalid_argument
Result<HlsQuery> parseHlsQuery(const std::map<std::string, std::string>& query);

}  // namespace tessera
