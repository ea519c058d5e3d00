#pragma once

#include <string>

#include "mcu/media/geometry.h"
#include "mcu/scene/layout.h"
#include "mcu/scene/transition.h"

namespace tessera {

inline constexpr int kMaximumCornerRadius = 200;
inline constexpr int kMaximumBorder = 32;

/// The declared picture of a view. A value: change it by publishing another.
struct Scene {
    std::string layout = "grid";
    LayoutParams params;
    Yuv background{24, 130, 126};  ///< behind and between the tiles
    std::string backgroundImage;   ///< name of an image file, shown over the background; empty = none
    int cornerRadius = 0;          ///< of every tile, pixels, even, 0 to kMaximumCornerRadius
    int border = 0;                ///< of every tile, inside it, pixels, even, 0 to kMaximumBorder
    Yuv borderColor{235, 128, 128};
    SceneTransition transition;
    bool labels = true;
    bool activeSpeakerBorder = true;
    std::string excludeParticipant;  ///< id of a participant whose sources this view leaves out; empty = nobody
    auto operator<=>(const Scene&) const = default;
};

}  // namespace tessera
