#pragma once

#include <string>
#include <string_view>

#include "mcu/base/result.h"
#include "mcu/media/geometry.h"

namespace tessera {

/// Playlists of more bytes are refused: some ten thousand segments.
inline constexpr std::size_t kLongestHlsPlaylist = 2U << 20U;

/// Leaves one variant in a master playlist, and the sound that belongs to it: the one with the most bits per second
/// among those that fit into `largest` in either orientation (one that does not tell its size fits). Subtitles, trick
/// play and session data are left out. A media playlist comes back as it is.
/// @source RFC 8216 section 4.3.4
/// @error unreachable: it is no playlist, too long, or has no variant; unsupported: none is small enough
Result<std::string> chooseHlsVariant(std::string_view playlist, Size largest);

}  // namespace tessera
