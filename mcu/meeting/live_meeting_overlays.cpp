// Overlays of views: the part of LiveMeeting that OverlaySet does.

#include "mcu/meeting/live_meeting.h"

namespace tessera {
namespace {

Error noView(const ViewId& id) {
    return notFound("there is no view " + id.toString());
}

}  // namespace

Result<std::vector<OverlayInfo>> LiveMeeting::overlays(const ViewId& view) {
    return onControl([this, view]() -> Result<std::vector<OverlayInfo>> {
        const auto* found = views_.find(view);
        if (found == nullptr) return noView(view);
        return found->overlays.all();
    });
}

Result<OverlayInfo> LiveMeeting::overlay(const ViewId& view, const OverlayId& id) {
    return onControl([this, view, id]() -> Result<OverlayInfo> {
        const auto* found = views_.find(view);
        if (found == nullptr) return noView(view);
        return found->overlays.info(id);
    });
}

Result<OverlayInfo> LiveMeeting::addOverlay(const ViewId& view, const OverlaySpec& spec) {
    return onControl([this, view, spec]() -> Result<OverlayInfo> {
        if (state_ == MeetingState::Ended) return conflict("the meeting has ended");
        auto* found = views_.find(view);
        if (found == nullptr) return noView(view);
        auto added = found->overlays.add(spec, found->spec.canvas, factory_);
        if (added) publish();
        return added;
    });
}

Result<Applied> LiveMeeting::updateOverlay(const ViewId& view, const OverlayId& id, const OverlaySpec& spec) {
    return onControl([this, view, id, spec]() -> Result<Applied> {
        auto* found = views_.find(view);
        if (found == nullptr) return noView(view);
        TESSERA_TRY(found->overlays.update(id, spec, found->spec.canvas, factory_));
        return publish();
    });
}

Result<Applied> LiveMeeting::removeOverlay(const ViewId& view, const OverlayId& id) {
    return onControl([this, view, id]() -> Result<Applied> {
        auto* found = views_.find(view);
        if (found == nullptr) return noView(view);
        TESSERA_TRY(found->overlays.remove(id));
        return publish();
    });
}

}  // namespace tessera
