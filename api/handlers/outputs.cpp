#include "api/handlers/handlers.h"

namespace tessera::handlers {

Result<HttpResponse> listOutputs(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    const auto meeting = (*entry)->meeting();
    if (!meeting) return listResponse(call, {});  // it has ended
    const auto outputs = meeting->outputs();
    if (!outputs) return outputs.error();
    std::vector<Json> items;
    for (const auto& output : *outputs) items.push_back(toJson(output));
    return listResponse(call, std::move(items));
}

Result<HttpResponse> addOutput(Call& call) {
    const auto body = call.body();
    if (!body) return body.error();
    const auto spec = readOutputSpec(*body);
    if (!spec) return spec.error();
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    if (call.dryRun) {
        const auto view = (*meeting)->view(spec->view.isEmpty() ? ViewId::fromString("main").value() : spec->view);
        if (!view) return view.error();
        return jsonResponse(200, *body);
    }
    const auto output = call.services.outputs.start(**meeting, *spec);
    if (!output) return output.error();
    call.auditDetail = output->recording.isEmpty() ? output->spec.kind : output->recording.toString();
    return createdResponse("/v1/meetings/" + call.param("meeting") + "/outputs/" + output->id.toString(),
                           toJson(*output));
}

Result<HttpResponse> getOutput(Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<OutputId>("output");
    if (!id) return id.error();
    const auto output = (*meeting)->output(*id);
    if (!output) return output.error();
    return objectResponse(toJson(*output));
}

namespace {

Result<HttpResponse> setPaused(Call& call, bool paused) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<OutputId>("output");
    if (!id) return id.error();
    if (call.dryRun) return getOutput(call);
    const auto output = (*meeting)->pauseOutput(*id, paused);
    if (!output) return output.error();
    return objectResponse(toJson(*output));
}

}  // namespace

Result<HttpResponse> pauseOutput(Call& call) {
    return setPaused(call, true);
}

Result<HttpResponse> resumeOutput(Call& call) {
    return setPaused(call, false);
}

Result<HttpResponse> removeOutput(Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<OutputId>("output");
    if (!id) return id.error();
    if (call.dryRun) return getOutput(call);
    const auto stopped = call.services.outputs.stop(**meeting, *id);
    if (!stopped) return stopped.error();
    return noContent();
}

}  // namespace tessera::handlers
