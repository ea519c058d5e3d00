#include "api/handlers/handlers.h"
#include "api/json_overlay.h"

namespace tessera::handlers {

namespace {

struct AddressedView {
    std::shared_ptr<Meeting> meeting;
    ViewId view;
};

Result<AddressedView> addressedView(const Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto view = call.id<ViewId>("view");
    if (!view) return view.error();
    return AddressedView{*meeting, *view};
}

struct Addressed {
    std::shared_ptr<Meeting> meeting;
    ViewId view;
    OverlayInfo overlay;
};

Result<Addressed> addressed(const Call& call) {
    auto found = addressedView(call);
    if (!found) return found.error();
    const auto id = call.id<OverlayId>("overlay");
    if (!id) return id.error();
    auto overlay = found->meeting->overlay(found->view, *id);
    if (!overlay) return overlay.error();
    return Addressed{found->meeting, found->view, std::move(overlay).value()};
}

}  // namespace

Result<HttpResponse> listOverlays(Call& call) {
    const auto found = addressedView(call);
    if (!found) return found.error();
    const auto overlays = found->meeting->overlays(found->view);
    if (!overlays) return overlays.error();
    std::vector<Json> items;
    for (const auto& overlay : *overlays) items.push_back(toJson(overlay));
    return listResponse(call, std::move(items));
}

Result<HttpResponse> addOverlay(Call& call) {
    const auto found = addressedView(call);
    if (!found) return found.error();
    const auto body = call.body();
    if (!body) return body.error();
    const auto spec = readOverlaySpec(*body);
    if (!spec) return spec.error();
    if (call.dryRun) {
        TESSERA_TRY(found->meeting->overlays(found->view));
        return jsonResponse(200, *body);
    }
    const auto overlay = found->meeting->addOverlay(found->view, *spec);
    if (!overlay) return overlay.error();
    return createdResponse("/v1/meetings/" + call.param("meeting") + "/views/" + call.param("view") + "/overlays/" +
                               overlay->id.toString(),
                           toJson(*overlay));
}

Result<HttpResponse> getOverlay(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    return objectResponse(toJson(found->overlay));
}

Result<HttpResponse> updateOverlay(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    const auto body = call.body();
    if (!body) return body.error();
    const auto spec = readOverlayPatch(*body, found->overlay.spec);
    if (!spec) return spec.error();
    if (call.dryRun) return objectResponse(toJson(OverlayInfo{found->overlay.id, *spec}));
    const auto applied = found->meeting->updateOverlay(found->view, found->overlay.id, *spec);
    if (!applied) return applied.error();
    return objectResponse(withApplied(toJson(OverlayInfo{found->overlay.id, *spec}), *applied));
}

Result<HttpResponse> removeOverlay(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    if (call.dryRun) return objectResponse(toJson(found->overlay));
    const auto applied = found->meeting->removeOverlay(found->view, found->overlay.id);
    if (!applied) return applied.error();
    return noContent();
}

}  // namespace tessera::handlers
