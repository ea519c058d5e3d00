#pragma once

#include <string>
#include <string_view>

#include "mcu/base/time.h"

namespace tessera {

enum class CueKind { Caption, Chapter };

/// Text that belongs to a time of the meeting: what is said, or what begins.
struct Cue {
    CueKind kind = CueKind::Caption;
    MediaTime at{};
    Duration duration{};  ///< of a caption; a chapter lasts until the next one
    std::string text;
    std::string language;  ///< of a caption, BCP 47; empty = not told
};

}  // namespace tessera
