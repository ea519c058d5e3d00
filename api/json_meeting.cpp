#include "api/json_meeting.h"

#include "api/json_scene.h"
#include "api/timestamp.h"

namespace tessera {

namespace {

Json timeOrNull(std::int64_t milliseconds) {
    return milliseconds == 0 ? Json() : Json(toTimestamp(milliseconds));
}

void readAudio(ObjectReader& reader, int& talkers, AudioOptions& options) {
    const Json* audio = reader.object("audio");
    if (audio == nullptr) return;
    ObjectReader inner(*audio, reader.pathOf("audio"));
    inner.read("talkers", talkers, IntegerRange{1, 32});
    inner.read("denoise", options.denoise);
    inner.read("agc", options.agc);
    inner.read("stereo", options.stereo);
    if (auto status = inner.finish(); !status.ok()) reader.fail(status.error());
}

void readMetadata(ObjectReader& reader, Json& metadata, bool merge) {
    const Json* given = reader.object("metadata");
    if (given == nullptr) return;
    if (merge) {
        metadata.merge_patch(*given);
    } else {
        metadata = *given;
    }
    if (toText(metadata).size() > 8192) reader.fail("metadata", "must be at most 8192 bytes of JSON");
}

void readTimes(ObjectReader& reader, MeetingDocument& document) {
    reader.readTime("starts_at", document.startsAtMs);
    reader.readTime("ends_at", document.endsAtMs);
    const bool bothSet = document.startsAtMs != 0 && document.endsAtMs != 0;
    if (bothSet && document.endsAtMs <= document.startsAtMs) reader.fail("ends_at", "must be later than starts_at");
}

Json rtpToJson(const std::optional<RtpEndpoint>& endpoint) {
    if (!endpoint) return {};
    return {{"ip", endpoint->address}, {"port", endpoint->port}, {"ssrc", endpoint->ssrc}};
}

}  // namespace

Json settingsToJson(const MeetingDocument& document) {
    const MeetingSettings& settings = document.settings;
    Json scene = toJson(settings.scene);
    return {{"name", settings.name},
            {"canvas", canvasToJson(settings.canvas, settings.rate)},
            {"layout", scene["layout"]},
            {"background", scene["background"]},
            {"background_image", scene["background_image"]},
            {"corner_radius", scene["corner_radius"]},
            {"border", scene["border"]},
            {"transition", scene["transition"]},
            {"labels", settings.scene.labels},
            {"active_speaker_border", settings.scene.activeSpeakerBorder},
            {"max_participants", settings.maxParticipants},
            {"locked", settings.locked},
            {"audio",
             {{"talkers", settings.talkers},
              {"denoise", settings.audio.denoise},
              {"agc", settings.audio.agc},
              {"stereo", settings.audio.stereo}}},
            {"record_on_start", settings.recordOnStart},
            {"starts_at", timeOrNull(document.startsAtMs)},
            {"ends_at", timeOrNull(document.endsAtMs)},
            {"metadata", document.metadata}};
}

Json toJson(const MeetingDocument& document, const MeetingInfo* info) {
    Json json = {{"id", document.id.toString()}, {"state", toString(document.state)}};
    json.update(settingsToJson(document));
    json["created_at"] = timeOrNull(document.createdAtMs);
    json["started_at"] = timeOrNull(document.startedAtMs);
    json["ended_at"] = timeOrNull(document.endedAtMs);
    json["participant_count"] = info == nullptr ? 0 : info->participants;
    json["now_ms"] = info == nullptr ? 0 : toMilliseconds(info->now.time_since_epoch());
    return json;
}

Status readMeeting(const Json& body, MeetingDocument& document) {
    MeetingSettings& settings = document.settings;
    ObjectReader reader(body);
    std::optional<std::string> id;
    reader.read("id", id, TextLimits{1, 64});
    if (id) {
        const auto parsed = MeetingId::fromString(*id);
        if (!parsed.ok()) reader.fail(parsed.error());
        if (parsed.ok()) document.id = *parsed;
    }
    reader.read("name", settings.name, TextLimits{0, 200});
    readCanvas(reader, "canvas", settings.canvas, settings.rate);
    readScene(reader, settings.scene);
    reader.read("max_participants", settings.maxParticipants, IntegerRange{1, 1000});
    reader.read("locked", settings.locked);
    readAudio(reader, settings.talkers, settings.audio);
    reader.read("record_on_start", settings.recordOnStart);
    readTimes(reader, document);
    readMetadata(reader, document.metadata, false);
    return reader.finish();
}

Status readMeetingPatch(const Json& body, MeetingDocument& document, MeetingPatch& patch) {
    MeetingSettings& settings = document.settings;
    ObjectReader reader(body);
    reader.read("name", patch.name, TextLimits{0, 200});
    reader.read("locked", patch.locked);
    reader.read("max_participants", patch.maxParticipants, IntegerRange{1, 1000});
    int talkers = settings.talkers;
    auto audio = settings.audio;
    readAudio(reader, talkers, audio);
    if (talkers != settings.talkers) patch.talkers = talkers;
    if (audio != settings.audio) patch.audio = audio;
    readScene(reader, settings.scene);
    reader.read("record_on_start", settings.recordOnStart);
    readTimes(reader, document);
    readMetadata(reader, document.metadata, true);
    TESSERA_TRY(reader.finish());
    settings.name = patch.name.value_or(settings.name);
    settings.locked = patch.locked.value_or(settings.locked);
    settings.maxParticipants = patch.maxParticipants.value_or(settings.maxParticipants);
    settings.talkers = talkers;
    settings.audio = audio;
    return kOk;
}

Json toJson(const ParticipantInfo& participant) {
    Json sources = Json::array();
    for (const SourceId& source : participant.sources) sources.push_back(source.toString());
    return {{"id", participant.id.toString()},
            {"identity", participant.identity},
            {"name", participant.name},
            {"role", toString(participant.role)},
            {"state", toString(participant.state)},
            {"audio_muted", participant.audioMuted},
            {"video_muted", participant.videoMuted},
            {"pinned", participant.pinned},
            {"spotlight", participant.spotlight},
            {"hand_raised", participant.handRaised},
            {"recording_consent", participant.recordingConsent ? Json(*participant.recordingConsent) : Json()},
            {"gain_db", participant.gainDb},
            {"level_dbov", participant.levelDbov},
            {"speaking", participant.speaking},
            {"sources", std::move(sources)},
            {"receives", participant.receives},
            {"rtp", rtpToJson(participant.rtp)}};
}

Result<JoinSpec> readRtpJoin(const Json& body) {
    JoinSpec spec;
    std::string role = "participant";
    ObjectReader reader(body);
    reader.read("identity", spec.identity, TextLimits{1, 128});
    reader.read("name", spec.name, TextLimits{1, 200});
    reader.readChoice("role", role, {"host", "presenter", "participant", "guest", "viewer"});
    reader.require("rtp");
    if (const Json* rtp = reader.object("rtp")) {
        spec.rtp.emplace();
        ObjectReader inner(*rtp, reader.pathOf("rtp"));
        inner.require("ip");
        inner.read("ip", spec.rtp->address, TextLimits{2, 45});
        inner.read("port", spec.rtp->port, IntegerRange{0, 65535});
        inner.read("payload_type", spec.rtp->payloadType, IntegerRange{96, 127});
        inner.read("audio_level_id", spec.rtp->levelExtension, IntegerRange{0, 14});
        inner.read("send", spec.maySend);
        inner.read("receive", spec.mayReceive);
        if (!spec.maySend && !spec.mayReceive) inner.fail("receive", "send and receive cannot both be false");
        if (auto status = inner.finish(); !status.ok()) reader.fail(status.error());
    }
    TESSERA_TRY(reader.finish());
    spec.role = roleFromString(role).value_or(Role::Participant);
    if (spec.name.empty()) spec.name = spec.identity.empty() ? spec.rtp->address : spec.identity;
    if (spec.identity.empty()) spec.identity = "rtp_" + randomToken();
    return spec;
}

Result<ParticipantPatch> readParticipantPatch(const Json& body) {
    ParticipantPatch patch;
    ObjectReader reader(body);
    reader.read("name", patch.name, TextLimits{1, 200});
    reader.read("audio_muted", patch.audioMuted);
    reader.read("video_muted", patch.videoMuted);
    reader.read("pinned", patch.pinned);
    reader.read("spotlight", patch.spotlight);
    reader.read("hand_raised", patch.handRaised);
    reader.read("recording_consent", patch.recordingConsent);
    reader.read("gain_db", patch.gainDb, NumberRange{-60, 20});
    TESSERA_TRY(reader.finish());
    return patch;
}

Json toJson(const RecordingFile& file) {
    return {{"name", file.name},
            {"kind", file.kind},
            {"bytes", file.bytes},
            {"duration_ms", file.durationMs},
            {"begins_at_ms", file.beginsAtMs ? Json(*file.beginsAtMs) : Json()},
            {"sha256", file.sha256.empty() ? Json() : Json(file.sha256)}};
}

Json toJson(const RecordingRecord& recording) {
    Json files = Json::array();
    for (const RecordingFile& file : recording.files) files.push_back(toJson(file));
    const auto render = Json::parse(recording.render, nullptr, false);
    const bool isRendered = render.is_object() && recording.state == RecordingState::Recording;
    return {{"id", recording.id.toString()},
            {"meeting", recording.meeting.toString()},
            {"state", toString(isRendered ? RecordingState::Finalizing : recording.state)},
            {"duration_ms", recording.durationMs},
            {"files", std::move(files)},
            {"started_at", timeOrNull(recording.startedAtMs)},
            {"finished_at", timeOrNull(recording.finishedAtMs)},
            {"error", recording.error.empty() ? Json() : Json(recording.error)},
            {"render", render.is_object() ? render : Json()}};
}

Json toJson(const AuditEntry& entry) {
    return {
        {"seq", entry.sequence},  {"time", timeOrNull(entry.atMs)}, {"who", entry.who},         {"role", entry.role},
        {"via", entry.via},       {"action", entry.action},         {"subject", entry.subject}, {"from", entry.from},
        {"status", entry.status}, {"detail", entry.detail}};
}

}  // namespace tessera
