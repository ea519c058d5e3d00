#include "api/handlers/handlers.h"

namespace tessera::handlers {

Result<HttpResponse> listOutputs(Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto outputs = (*meeting)->outputs();
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
    if (call.dryRun) return jsonResponse(200, *body);
    const auto output = call.services.recordings.start(**meeting, *spec);
    if (!output) return output.error();
    call.auditDetail = output->recording.toString();
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

Result<HttpResponse> removeOutput(Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<OutputId>("output");
    if (!id) return id.error();
    if (call.dryRun) return getOutput(call);
    const auto stopped = call.services.recordings.stop(**meeting, *id);
    if (!stopped) return stopped.error();
    return noContent();
}

Result<HttpResponse> listRecordings(Call& call) {
    const auto page = pageRequest(call);
    if (!page) return page.error();
    MeetingId meeting;
    if (const auto wanted = call.query("meeting"); !wanted.empty()) {
        const auto id = MeetingId::fromString(wanted);
        if (!id) return invalidArgument("meeting is not an id", "meeting");
        meeting = *id;
    }
    const auto found = call.services.store.recordings(meeting, *page);
    if (!found) return found.error();
    Json items = Json::array();
    for (const auto& recording : found->items) items.push_back(toJson(recording));
    return jsonResponse(200, {{"items", std::move(items)},
                              {"next_cursor", found->nextCursor ? Json(*found->nextCursor) : Json()},
                              {"total", found->total}});
}

Result<HttpResponse> getRecording(Call& call) {
    const auto id = call.id<RecordingId>("recording");
    if (!id) return id.error();
    const auto recording = call.services.store.recording(*id);
    if (!recording) return recording.error();
    return objectResponse(toJson(*recording));
}

Result<HttpResponse> deleteRecording(Call& call) {
    const auto id = call.id<RecordingId>("recording");
    if (!id) return id.error();
    if (call.dryRun) return getRecording(call);
    TESSERA_TRY(call.services.store.deleteRecording(*id));
    return noContent();
}

}  // namespace tessera::handlers
