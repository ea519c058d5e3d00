#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/time.h"
#include "mcu/media/sinks.h"
#include "mcu/media/source_feed.h"
#include "mcu/scene/overlay.h"
#include "mcu/scene/scene.h"
#include "mcu/scene/view_overlay.h"
#include "mcu/video/view.h"

namespace tessera {

/// One source as the video tick sees it.
struct VideoPlanSource {
    SourceFeedPtr feed;
    std::string id;
    std::string participant;  ///< id of its owner; empty for none
    bool isScreen = false;
    bool videoMuted = false;  ///< shown as a placeholder
    bool pinned = false;
    bool spotlight = false;
    Orientation orientation;
    std::array<OverlayPtr, kTileScales> labels{};
    std::array<OverlayPtr, kTileScales> avatars{};
};

/// One view and where its pictures go. A view without sinks is not drawn.
struct VideoPlanView {
    std::shared_ptr<View> view;
    Scene scene;
    Size canvas;
    std::vector<std::shared_ptr<FrameSink>> sinks;
    FramePtr backgroundImage{};
    std::vector<ViewOverlayPtr> overlays{};  ///< from far to near
    bool placesSound = false;                ///< its sources are heard from where they are in it
};

/// Everything the video tick needs, immutable: control publishes another when something changes.
struct VideoPlan {
    FrameRate rate;
    Duration wallAtEpoch{};                ///< UTC since 1970 at the meeting's epoch: for clocks in the picture
    Duration playoutDelay{};               ///< how far behind the tick the sources are read; the same for sound
    std::vector<VideoPlanSource> sources;  ///< in stage order
    std::vector<VideoPlanView> views;
};

}  // namespace tessera
