#pragma once

#include <map>
#include <memory>

#include "mcu/meeting/meeting_types.h"
#include "mcu/meeting/overlay_set.h"
#include "mcu/meeting/reaper.h"
#include "mcu/video/view.h"

namespace tessera {

/// One view as control knows it.
struct PlannedView {
    ViewSpec spec;
    std::shared_ptr<View> view;
    FramePtr backgroundImage{};  ///< what spec.scene.backgroundImage names
    OverlaySet overlays{};
    std::vector<std::shared_ptr<FrameSink>> watchers{};  ///< who gets its pictures unencoded
};

/// The views of a meeting; "main" always exists.
/// @thread control
class ViewSet {
public:
    /// @param factory, reaper  outlive the set
    /// @param meeting  its id
    ViewSet(MediaFactory& factory, Reaper& reaper, std::string meeting, ViewSpec main);

    static const ViewId& mainId();

    /// @error invalid_argument: canvas, rate or scene are out of range
    static Status validate(const ViewSpec& spec);

    Result<ViewInfo> add(const ViewSpec& spec);
    /// Changes the scene. @error not_found, invalid_argument; nothing has changed then
    Status update(const ViewId& id, const ViewPatch& patch);
    /// @error not_found; conflict: "main"
    Status remove(const ViewId& id);

    /// @return null when there is none; an empty id means "main"
    const PlannedView* find(const ViewId& id) const;
    PlannedView* find(const ViewId& id);
    const std::map<ViewId, PlannedView>& all() const { return views_; }
    static ViewInfo describe(const ViewId& id, const PlannedView& view);

private:
    Result<FramePtr> load(const Scene& scene);

    // Borrowed
    MediaFactory& factory_;
    Reaper& reaper_;
    // State
    const std::string meeting_;
    // Owned
    std::map<ViewId, PlannedView> views_;
};

}  // namespace tessera
