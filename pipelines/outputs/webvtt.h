#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mcu/base/time.h"

namespace tessera {

/// A text that is shown for a while.
struct WebVttCue {
    Duration begin{}, end{};  ///< from the 0 of the file
    std::string text;
    bool operator==(const WebVttCue&) const = default;
};

/// A WebVTT file. Markup in texts is shown as it is written, and their empty lines are left out.
/// @param header  lines that follow the first one, each with its line feed
/// @source W3C WebVTT section 4.1
std::string toWebVtt(std::span<const WebVttCue> cues, std::string_view header = {});

}  // namespace tessera
