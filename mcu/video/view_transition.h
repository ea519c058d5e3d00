#pragma once

#include <span>
#include <string>
#include <vector>

#include "mcu/media/video_frame.h"
#include "mcu/scene/composition.h"
#include "mcu/scene/transition.h"

namespace tessera {

/// Leads a view from one arrangement of tiles to the next. It remembers what was shown; what it shows now follows from
/// that, from the arrangement asked for and from the time since it changed.
/// @thread of its owner; allocates only while tiles grow in number
class ViewTransition {
public:
    /// Turns the composition that the scene asks for into the one to show at `now`. Begins when another source stands
    /// in a place, or a source in another place, than in the call before; a change on the way begins again from what is
    /// shown.
    ///
    /// @param stage   what composition.layers' sources index
    /// @param frames  of the stage; pictures of tiles that fade out although their source has left are added to its end
    void apply(const SceneTransition& transition, MediaTime now, std::span<const StageSource> stage,
               std::vector<FramePtr>& frames, Composition& composition);

    bool isRunning() const { return isRunning_; }

private:
    struct Place {
        std::string source;
        Rect rect;
    };
    struct Tile {
        std::string source;
        Layer layer;
        FramePtr frame;
        OverlayPtr label;
        OverlayPtr avatar;
    };

    bool isAsked(std::span<const StageSource> stage, const Composition& composition) const;
    void rememberAsked(std::span<const StageSource> stage, const Composition& composition);
    void rememberShown(std::span<const StageSource> stage, std::span<const FramePtr> frames,
                       const Composition& composition);
    void draw(double share, std::span<const StageSource> stage, std::vector<FramePtr>& frames,
              Composition& composition);
    void leadFrom(const Tile& from, double share, const StageSource& source, Layer& layer) const;
    void addLeaving(const Tile& tile, double share, std::span<const StageSource> stage, std::vector<FramePtr>& frames,
                    Composition& composition) const;

    // State
    std::vector<Place> asked_;  ///< the arrangement of the last call
    std::vector<Tile> shown_;   ///< what the last call made of it
    std::vector<Tile> from_;    ///< what was shown when the transition began
    std::vector<int> origin_;   ///< by layer asked for: its tile in from_, -1 = it appears
    std::vector<Layer> layers_;
    Size canvas_;
    SceneTransition transition_;
    MediaTime begin_{};
    bool isRunning_ = false;
};

}  // namespace tessera
