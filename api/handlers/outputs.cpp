#include "api/handlers/handlers.h"

namespace tessera::handlers {

namespace {

/// The path's recording, for those who have the right in the meeting that it is of.
Result<RecordingRecord> addressedRecording(const Call& call, Right right) {
    const auto id = call.id<RecordingId>("recording");
    if (!id) return id.error();
    auto recording = call.services.store.recording(*id);
    if (!recording) return recording;
    TESSERA_TRY(authorize(call.identity, right, recording->meeting.toString()));
    return recording;
}

bool isBeingWritten(const RecordingRecord& recording) {
    return recording.state == RecordingState::Recording || recording.state == RecordingState::Finalizing;
}

}  // namespace

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

Result<HttpResponse> listRecordings(Call& call) {
    const auto page = pageRequest(call);
    if (!page) return page.error();
    MeetingId meeting;
    const auto wanted = call.query("meeting");
    TESSERA_TRY(authorize(call.identity, Right::ReadRecordings, wanted));
    if (!wanted.empty()) {
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
    const auto recording = addressedRecording(call, Right::ReadRecordings);
    if (!recording) return recording.error();
    return objectResponse(toJson(*recording));
}

Result<HttpResponse> deleteRecording(Call& call) {
    const auto recording = addressedRecording(call, Right::DeleteRecordings);
    if (!recording) return recording.error();
    if (call.dryRun && isBeingWritten(*recording)) return conflict("the recording is still being written");
    if (call.dryRun) return objectResponse(toJson(*recording));
    TESSERA_TRY(call.services.store.deleteRecording(recording->id));
    return noContent();
}

}  // namespace tessera::handlers
