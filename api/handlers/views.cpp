#include "api/handlers/handlers.h"

namespace tessera::handlers {

namespace {

struct Addressed {
    std::shared_ptr<Meeting> meeting;
    ViewInfo view;
};

Result<Addressed> addressed(const Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<ViewId>("view");
    if (!id) return id.error();
    auto view = (*meeting)->view(*id);
    if (!view) return view.error();
    return Addressed{*meeting, std::move(view).value()};
}

/// The scene of "main" is part of the meeting's document, and survives a restart with it.
Status keepMainScene(const Call& call, const Scene& scene) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    (*entry)->modify([&](MeetingDocument& document) { document.settings.scene = scene; });
    return call.services.meetings.save(*entry);
}

}  // namespace

Result<HttpResponse> listViews(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    const auto meeting = (*entry)->meeting();
    if (!meeting) return listResponse(call, {});  // it has ended
    const auto views = meeting->views();
    if (!views) return views.error();
    std::vector<Json> items;
    for (const auto& view : *views) items.push_back(toJson(view));
    return listResponse(call, std::move(items));
}

Result<HttpResponse> addView(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto body = call.body();
    if (!body) return body.error();
    const auto settings = (*entry)->document().settings;
    const auto spec = readViewSpec(*body, {.canvas = settings.canvas, .rate = settings.rate, .scene = {}});
    if (!spec) return spec.error();
    if (call.dryRun) return jsonResponse(200, *body);
    const auto view = (*meeting)->addView(*spec);
    if (!view) return view.error();
    return createdResponse("/v1/meetings/" + call.param("meeting") + "/views/" + view->id.toString(), toJson(*view));
}

Result<HttpResponse> getView(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    return objectResponse(toJson(found->view));
}

Result<HttpResponse> updateView(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    const auto body = call.body();
    if (!body) return body.error();
    const auto patch = readViewPatch(*body, found->view.spec.scene);
    if (!patch) return patch.error();
    if (call.dryRun) {
        auto would = found->view;
        would.spec.scene = *patch->scene;
        return objectResponse(toJson(would));
    }
    const auto applied = found->meeting->updateView(found->view.id, *patch);
    if (!applied) return applied.error();
    const auto now = found->meeting->view(found->view.id);
    if (!now) return now.error();
    if (found->view.id.toString() == "main") TESSERA_TRY(keepMainScene(call, now->spec.scene));
    call.auditDetail = "layout " + now->spec.scene.layout;
    return objectResponse(withApplied(toJson(*now), *applied));
}

Result<HttpResponse> removeView(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    if (call.dryRun && found->view.id.toString() == "main") return conflict("the view main cannot be removed");
    if (call.dryRun) return objectResponse(toJson(found->view));
    const auto applied = found->meeting->removeView(found->view.id);
    if (!applied) return applied.error();
    return noContent();
}

}  // namespace tessera::handlers
