#include <filesystem>

#include "api/handlers/handlers.h"
#include "api/ingest_rules.h"
#include "pipelines/ingest/ingest_catalog.h"

namespace tessera::handlers {

namespace {

struct Addressed {
    std::shared_ptr<Meeting> meeting;
    SourceInfo source;
};

Result<Addressed> addressed(const Call& call) {
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<SourceId>("source");
    if (!id) return id.error();
    auto source = (*meeting)->source(*id);
    if (!source) return source.error();
    return Addressed{*meeting, std::move(source).value()};
}

/// What it is called when the caller does not say: the file's name without folders and ending.
std::string nameOf(const IngestSpec& spec) {
    const bool isFile = spec.kind == "file" || spec.kind == "image";
    return isFile ? std::filesystem::path(spec.params.text("url")).stem().string() : std::string();
}

/// Waits for a name's address where one must be looked up, so it is asked here and not by the meeting's control.
Status prepare(IngestSpec& spec, const Call& call) {
    const auto row = findIngest(spec.kind);
    if (!row) return row.error();
    if ((*row)->prepare != nullptr) (*row)->prepare(spec, call.param("meeting"));
    return (*row)->check(spec, toIngestSettings(call.services.config));
}

/// The answer to its creation alone.
Json withSecret(Json json, const IngestSpec& spec) {
    const auto row = findIngest(spec.kind);
    if (!row || (*row)->toldOnce.empty()) return json;
    const std::string& secret = spec.params.text((*row)->toldOnce);
    if (!secret.empty()) json[(*row)->toldOnce] = secret;
    return json;
}

}  // namespace

Result<HttpResponse> listSources(Call& call) {
    const auto entry = call.entry();
    if (!entry) return entry.error();
    const auto meeting = (*entry)->meeting();
    if (!meeting) return listResponse(call, {});  // it has ended
    const auto sources = meeting->sources();
    if (!sources) return sources.error();
    std::vector<Json> items;
    for (const auto& source : *sources) items.push_back(toJson(source));
    return listResponse(call, std::move(items));
}

Result<HttpResponse> addSource(Call& call) {
    const auto body = call.body();
    if (!body) return body.error();
    auto spec = readIngestSpec(*body);
    if (!spec) return spec.error();
    if (spec->name.empty()) spec->name = nameOf(*spec);
    TESSERA_TRY(prepare(*spec, call));
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    if (call.dryRun) return jsonResponse(200, toJson(*spec));
    const auto source = (*meeting)->addSource(*spec);
    if (!source) return source.error();
    return createdResponse("/v1/meetings/" + call.param("meeting") + "/sources/" + source->id.toString(),
                           withSecret(toJson(*source), *spec));
}

Result<HttpResponse> getSource(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    return objectResponse(toJson(found->source));
}

Result<HttpResponse> updateSource(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    const auto body = call.body();
    if (!body) return body.error();
    const auto patch = readSourcePatch(*body);
    if (!patch) return patch.error();
    if (call.dryRun) {
        auto would = found->source;
        would.name = patch->name.value_or(would.name);
        would.orientation.quarterTurns = patch->rotation.value_or(90 * would.orientation.quarterTurns) / 90;
        would.orientation.mirrored = patch->mirrored.value_or(would.orientation.mirrored);
        would.audioMuted = patch->audioMuted.value_or(would.audioMuted);
        would.videoMuted = patch->videoMuted.value_or(would.videoMuted);
        would.gainDb = patch->gainDb.value_or(would.gainDb);
        would.denoise = patch->denoise.value_or(would.denoise);
        would.agc = patch->agc.value_or(would.agc);
        return objectResponse(toJson(would));
    }
    const auto applied = found->meeting->updateSource(found->source.id, *patch);
    if (!applied) return applied.error();
    const auto now = found->meeting->source(found->source.id);
    if (!now) return now.error();
    return objectResponse(withApplied(toJson(*now), *applied));
}

Result<HttpResponse> removeSource(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    if (call.dryRun) return objectResponse(toJson(found->source));
    const auto applied = found->meeting->removeSource(found->source.id);
    if (!applied) return applied.error();
    return noContent();
}

namespace {

Result<HttpResponse> play(const Call& call, const PlayCommand& command) {
    const auto found = addressed(call);
    if (!found) return found.error();
    if (!found->source.playback) return unsupported("this kind of source cannot be played at will");
    if (call.dryRun) return objectResponse(toJson(found->source));
    const auto now = found->meeting->playSource(found->source.id, command);
    if (!now) return now.error();
    return objectResponse(toJson(*now));
}

}  // namespace

Result<HttpResponse> seekSource(Call& call) {
    constexpr std::int64_t kMostMs = 1000LL * 3600 * 24 * 7;
    const auto body = call.body();
    if (!body) return body.error();
    ObjectReader reader(*body);
    int position = 0;
    reader.require("position_ms");
    reader.read("position_ms", position, IntegerRange{0, kMostMs});
    TESSERA_TRY(reader.finish());
    return play(call, {.position = std::chrono::milliseconds(position)});
}

Result<HttpResponse> pauseSource(Call& call) {
    return play(call, {.paused = true});
}

Result<HttpResponse> resumeSource(Call& call) {
    return play(call, {.paused = false});
}

}  // namespace tessera::handlers
