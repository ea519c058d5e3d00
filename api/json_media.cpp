#include <algorithm>

#include "api/json_meeting.h"
#include "api/json_params.h"
#include "api/json_scene.h"
#include "pipelines/ingest/ingest_catalog.h"
#include "pipelines/outputs/output_catalog.h"

namespace tessera {

namespace {

std::optional<VideoEncodeSpec> readVideo(ObjectReader& reader) {
    const Json* video = reader.find("video");
    if (video == nullptr || video->is_null()) return std::nullopt;
    VideoEncodeSpec spec;
    if (reader.object("video") == nullptr) return spec;
    ObjectReader inner(*video, reader.pathOf("video"));
    std::string codec = "h264";
    inner.readChoice("codec", codec, {"h264", "vp8"});
    spec.codec = codec == "vp8" ? VideoCodec::Vp8 : VideoCodec::H264;
    inner.read("width", spec.size.width, IntegerRange{160, 3840});
    inner.read("height", spec.size.height, IntegerRange{90, 2160});
    inner.read("fps", spec.rate.num, IntegerRange{1, 60});
    inner.read("bitrate_kbps", spec.bitrateKbps, IntegerRange{50, 50000});
    inner.read("keyframe_interval_ms", spec.keyframeIntervalMs, IntegerRange{100, 20000});
    if (spec.size.width % 2 != 0) inner.fail("width", "must be even");
    if (spec.size.height % 2 != 0) inner.fail("height", "must be even");
    if (auto status = inner.finish(); !status.ok()) reader.fail(status.error());
    return spec;
}

Json videoToJson(const std::optional<VideoEncodeSpec>& video) {
    if (!video) return nullptr;
    return {{"codec", toString(video->codec)},
            {"width", video->size.width},
            {"height", video->size.height},
            {"fps", video->rate.den == 1 ? Json(video->rate.num) : Json(toFps(video->rate))},
            {"bitrate_kbps", video->bitrateKbps},
            {"keyframe_interval_ms", video->keyframeIntervalMs}};
}

/// The parameters beside what is told of every source, whose names win: the picture's size as it comes.
void addParams(Json& json, const SourceInfo& source) {
    const auto row = findIngest(source.kind);
    if (!row) return;
    const Json params = toJson(source.params, (*row)->params);
    for (const auto& [name, value] : params.items()) {
        if (!json.contains(name)) json[name] = value;
    }
}

/// @return 0 when the loudness is left as it is mixed
int readTarget(ObjectReader& reader) {
    const Json* target = reader.find("target_lufs");
    if (target == nullptr || target->is_null() || *target == 0) return 0;
    int lufs = 0;
    reader.read("target_lufs", lufs, IntegerRange{-40, -10});
    return lufs;
}

}  // namespace

Json toJson(const SourceInfo& source) {
    Json json = {{"id", source.id.toString()},
                 {"name", source.name},
                 {"kind", source.kind},
                 {"participant", source.participant.isEmpty() ? Json() : Json(source.participant.toString())},
                 {"state", toString(source.state)},
                 {"screen", source.isScreen},
                 {"rotation", 90 * source.orientation.quarterTurns},
                 {"mirrored", source.orientation.mirrored},
                 {"audio_muted", source.audioMuted},
                 {"video_muted", source.videoMuted},
                 {"gain_db", source.gainDb},
                 {"denoise", source.denoise},
                 {"agc", source.agc},
                 {"width", source.size.width},
                 {"height", source.size.height},
                 {"level_dbov", source.levelDbov},
                 {"loudness", toJson(source.loudness)},
                 {"frames_received", source.framesReceived},
                 {"frames_dropped", source.framesDropped},
                 {"packets_received", source.packetsReceived},
                 {"packets_lost", source.packetsLost},
                 {"decode_errors", source.decodeErrors},
                 {"keyframe_requests", source.keyframeRequests},
                 {"concealed_blocks", source.concealedBlocks},
                 {"reconnects", source.reconnects},
                 {"bytes_received", source.bytesReceived},
                 {"backlog_ms", source.backlogMs},
                 {"last_error", source.lastError.empty() ? Json() : Json(source.lastError)}};
    if (source.playback) {
        json["position_ms"] = toMilliseconds(source.playback->position);
        json["length_ms"] = toMilliseconds(source.playback->length);
        json["paused"] = source.playback->paused;
    }
    addParams(json, source);
    return json;
}

Result<IngestSpec> readIngestSpec(const Json& body) {
    IngestSpec spec;
    ObjectReader reader(body);
    reader.require("kind");
    reader.read("kind", spec.kind, TextLimits{1, 40});
    reader.read("name", spec.name, TextLimits{0, 200});
    const auto row = findIngest(spec.kind);
    if (!row) return row.error();
    spec.params = readParams(reader, (*row)->params);
    TESSERA_TRY(reader.finish());
    return spec;
}

Json toJson(const IngestSpec& spec) {
    Json json = {{"kind", spec.kind}, {"name", spec.name}};
    const auto row = findIngest(spec.kind);
    if (row) json.update(toJson(spec.params, (*row)->params));
    return json;
}

Result<SourcePatch> readSourcePatch(const Json& body) {
    SourcePatch patch;
    ObjectReader reader(body);
    reader.read("name", patch.name, TextLimits{0, 200});
    reader.read("rotation", patch.rotation, IntegerRange{0, 270});
    reader.read("mirrored", patch.mirrored);
    reader.read("audio_muted", patch.audioMuted);
    reader.read("video_muted", patch.videoMuted);
    reader.read("gain_db", patch.gainDb, NumberRange{-60, 20});
    reader.read("denoise", patch.denoise);
    reader.read("agc", patch.agc);
    if (patch.rotation && *patch.rotation % 90 != 0) reader.fail("rotation", "must be 0, 90, 180 or 270");
    TESSERA_TRY(reader.finish());
    return patch;
}

Json toJson(const ViewInfo& view) {
    Json json = {{"id", view.id.toString()}, {"canvas", canvasToJson(view.spec.canvas, view.spec.rate)}};
    json.update(toJson(view.spec.scene));
    json["frames_composed"] = view.framesComposed;
    json["compose_ms_p50"] = view.composeMsP50;
    json["compose_ms_p99"] = view.composeMsP99;
    return json;
}

Result<ViewSpec> readViewSpec(const Json& body, ViewSpec defaults) {
    ObjectReader reader(body);
    readCanvas(reader, "canvas", defaults.canvas, defaults.rate);
    readScene(reader, defaults.scene);
    TESSERA_TRY(reader.finish());
    return defaults;
}

Result<ViewPatch> readViewPatch(const Json& body, Scene scene) {
    ObjectReader reader(body);
    readScene(reader, scene);
    TESSERA_TRY(reader.finish());
    return ViewPatch{std::move(scene)};
}

namespace {

/// Null for kinds that take no encode of a view.
Json viewToJson(const OutputSpec& spec, const Result<const OutputRow*>& row) {
    if (row && (*row)->video.empty()) return {};
    return spec.view.isEmpty() ? "main" : spec.view.toString();
}

}  // namespace

Json toJson(const OutputInfo& output) {
    const auto row = findOutput(output.spec.kind);
    Json json = {{"id", output.id.toString()},
                 {"kind", output.spec.kind},
                 {"view", viewToJson(output.spec, row)},
                 {"audio", output.spec.audio},
                 {"target_lufs", output.spec.targetLufs == 0 ? Json() : Json(output.spec.targetLufs)},
                 {"video", videoToJson(output.spec.video)},
                 {"recording", output.recording.isEmpty() ? Json() : Json(output.recording.toString())},
                 {"state", toString(output.stats.state)},
                 {"bytes", output.stats.bytes},
                 {"packets_dropped", output.stats.packetsDropped},
                 {"reconnects", output.stats.reconnects},
                 {"duration_ms", toMilliseconds(output.stats.duration)},
                 {"begins_at_ms",
                  output.stats.beginsAt ? Json(toMilliseconds(output.stats.beginsAt->time_since_epoch())) : Json()},
                 {"last_error", output.stats.lastError.empty() ? Json() : Json(output.stats.lastError)}};
    if (row) json.update(toJson(output.spec.params, (*row)->params));
    return json;
}

Result<OutputSpec> readOutputSpec(const Json& body) {
    OutputSpec spec;
    ObjectReader reader(body);
    reader.require("kind");
    reader.read("kind", spec.kind, TextLimits{1, 40});
    std::optional<std::string> view;
    reader.read("view", view, TextLimits{1, 64});
    if (view) {
        const auto id = ViewId::fromString(*view);
        if (!id.ok()) reader.fail("view", "is not an id");
        if (id.ok()) spec.view = *id;
    }
    reader.read("audio", spec.audio);
    spec.targetLufs = readTarget(reader);
    spec.video = readVideo(reader);
    const auto row = findOutput(spec.kind);
    if (!row) return row.error();
    spec.params = readParams(reader, (*row)->params);
    TESSERA_TRY(reader.finish());
    const auto& codecs = (*row)->video;
    if (spec.video && std::find(codecs.begin(), codecs.end(), spec.video->codec) == codecs.end()) {
        return unsupported(
            "an output of kind " + spec.kind + " does not take " + std::string(toString(spec.video->codec)),
            "video.codec");
    }
    if ((*row)->check != nullptr) TESSERA_TRY((*row)->check(spec));
    return spec;
}

}  // namespace tessera
