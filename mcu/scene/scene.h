#pragma once

#include <string>

#include "mcu/media/geometry.h"
#include "mcu/scene/layout.h"

namespace tessera {

/// The declared picture of a view. A value: change it by publishing another.
struct Scene {
    std::string layout = "grid";
    LayoutParams params;
    Yuv background{24, 130, 126};  ///< behind and between the tiles
    bool labels = true;
    bool activeSpeakerBorder = true;
    std::string excludeParticipant;  ///< id of a participant whose sources this view leaves out; empty = nobody
    auto operator<=>(const Scene&) const = default;
};

}  // namespace tessera
