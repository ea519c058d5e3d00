#include "api/handlers/handlers.h"

namespace tessera::handlers {
namespace {

constexpr std::size_t kMaximumText = 500;
constexpr IntegerRange kCaptionMs{200, 60'000};

Json toJson(const Cue& cue) {
    Json json = {{"at_ms", toMilliseconds(cue.at.time_since_epoch())}};
    if (cue.kind == CueKind::Chapter) {
        json["title"] = cue.text;
        return json;
    }
    json["text"] = cue.text;
    json["duration_ms"] = toMilliseconds(cue.duration);
    json["language"] = cue.language.empty() ? Json() : Json(cue.language);
    return json;
}

Result<HttpResponse> add(Call& call, const Cue& cue) {
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    if (call.dryRun) return jsonResponse(200, toJson(cue));
    const auto added = (*meeting)->addCue(cue);
    if (!added) return added.error();
    return jsonResponse(201, toJson(*added));
}

}  // namespace

Result<HttpResponse> addCaption(Call& call) {
    const auto body = call.body();
    if (!body) return body.error();
    Cue cue{.kind = CueKind::Caption};
    int durationMs = 4000;
    ObjectReader reader(*body);
    reader.require("text");
    reader.read("text", cue.text, TextLimits{1, kMaximumText});
    reader.read("duration_ms", durationMs, kCaptionMs);
    reader.read("language", cue.language, TextLimits{2, 35});
    TESSERA_TRY(reader.finish());
    cue.duration = std::chrono::milliseconds(durationMs);
    return add(call, cue);
}

Result<HttpResponse> addChapter(Call& call) {
    const auto body = call.body();
    if (!body) return body.error();
    Cue cue{.kind = CueKind::Chapter};
    ObjectReader reader(*body);
    reader.require("title");
    reader.read("title", cue.text, TextLimits{1, kMaximumText});
    TESSERA_TRY(reader.finish());
    return add(call, cue);
}

}  // namespace tessera::handlers
