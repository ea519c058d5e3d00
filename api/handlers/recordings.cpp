#include "api/handlers/handlers.h"
#include "api/json_render.h"
#include "api/recorded_meeting.h"
#include "api/store/recording_files.h"

namespace tessera::handlers {

namespace {

/// For the store to know that a rendering has ended.
constexpr Duration kCancelPatience = std::chrono::seconds(2);

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

/// With where it went; `uploading` as long as it is on its way.
void addUploads(const RecordingRecord& recording, const std::vector<UploadRecord>& uploads, Json& json) {
    json["uploads"] = Json::array();
    bool isLocal = true;
    for (const auto& upload : uploads) {
        const bool isWaiting = upload.state == UploadState::Waiting;
        if (isWaiting && recording.state == RecordingState::Ready) json["state"] = "uploading";
        if (upload.state == UploadState::Moved) isLocal = false;
        json["uploads"].push_back({{"target", upload.target},
                                   {"state", upload.state == UploadState::Moved ? "done" : toString(upload.state)},
                                   {"error", upload.error.empty() ? Json() : Json(upload.error)}});
    }
    json["local"] = isLocal;
}

/// With how far it is, while it is being rendered or uploaded.
Json described(const Call& call, const RecordingRecord& recording) {
    Json json = toJson(recording);
    if (const auto uploads = call.services.store.uploads(recording.id)) addUploads(recording, *uploads, json);
    const auto* renders = call.services.renders;
    const auto progress = renders == nullptr ? std::nullopt : renders->progress(recording.id);
    if (progress) json["render"]["progress"] = *progress;
    return json;
}

Result<RenderRequest> readRenderRequest(const Call& call, const RecordingRecord& recording) {
    const auto body = call.body();
    if (!body) return body.error();
    auto options = readRenderOptions(*body);
    if (!options) return options.error();
    if (call.services.renders == nullptr || call.services.media == nullptr) {
        return unsupported("nothing can be rendered here");
    }
    if (recording.state != RecordingState::Ready) {
        return conflict("the recording is " + std::string(toString(recording.state)) + ", not ready");
    }
    auto meeting = readRecordedMeeting(recordingFolder(call.services.config.data.dir, recording.id));
    if (!meeting && meeting.error().code == ErrorCode::NotFound) return conflict(meeting.error().message);
    if (!meeting) return meeting.error();
    TESSERA_TRY(checkRender(*meeting, *options, *call.services.media));
    return RenderRequest{recording, std::move(meeting).value(), std::move(options).value(), *body};
}

}  // namespace

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
    for (const auto& recording : found->items) items.push_back(described(call, recording));
    return jsonResponse(200, {{"items", std::move(items)},
                              {"next_cursor", found->nextCursor ? Json(*found->nextCursor) : Json()},
                              {"total", found->total}});
}

Result<HttpResponse> getRecording(Call& call) {
    const auto recording = addressedRecording(call, Right::ReadRecordings);
    if (!recording) return recording.error();
    return objectResponse(described(call, *recording));
}

Result<HttpResponse> deleteRecording(Call& call) {
    const auto recording = addressedRecording(call, Right::DeleteRecordings);
    if (!recording) return recording.error();
    auto* renders = call.services.renders;
    if (renders != nullptr && renders->uses(recording->id)) {
        return conflict("another recording is being rendered from it: delete that one first");
    }
    const bool isRendering = renders != nullptr && renders->progress(recording->id);
    if (call.dryRun && isBeingWritten(*recording) && !isRendering)
        return conflict("the recording is still being written");
    if (call.dryRun) return objectResponse(described(call, *recording));
    if (isRendering && renders->cancel(recording->id)) TESSERA_TRY(call.services.store.flush(kCancelPatience));
    TESSERA_TRY(call.services.store.deleteRecording(recording->id));
    return noContent();
}

/// The new recording is there at once, and ready when it is rendered.
Result<HttpResponse> renderRecording(Call& call) {
    const auto recording = addressedRecording(call, Right::Record);
    if (!recording) return recording.error();
    auto request = readRenderRequest(call, *recording);
    if (!request) return request.error();
    if (call.dryRun) return jsonResponse(200, request->body);
    const auto made = call.services.renders->start(std::move(request).value());
    if (!made) return made.error();
    call.auditDetail = made->id.toString();
    return createdResponse("/v1/recordings/" + made->id.toString(), described(call, *made));
}

}  // namespace tessera::handlers
