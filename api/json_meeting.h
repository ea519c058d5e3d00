#pragma once

#include <optional>

#include "mcu/meeting/join.h"

#include "api/json.h"
#include "api/store/records.h"

namespace tessera {

/// What the API and the store know of a meeting beyond its settings.
struct MeetingDocument {
    MeetingId id;
    MeetingState state = MeetingState::Scheduled;
    MeetingSettings settings;
    std::int64_t startsAtMs = 0;  ///< 0 = no time is set
    std::int64_t endsAtMs = 0;
    std::int64_t createdAtMs = 0;
    std::int64_t startedAtMs = 0;
    std::int64_t endedAtMs = 0;
    Json metadata = Json::object();
};

/// The members that a caller may write, as POST takes them and the store keeps them.
Json settingsToJson(const MeetingDocument& document);
/// The whole object. @param info  null when the meeting is not loaded: then it has nobody in it
Json toJson(const MeetingDocument& document, const MeetingInfo* info);

/// Reads a POST's body, or what settingsToJson made, over the defaults in `document`.
/// @error invalid_argument with `field`
Status readMeeting(const Json& body, MeetingDocument& document);

/// A PATCH's body, applied to `document`; `patch` gets what the running meeting must be told.
/// @error invalid_argument with `field`
Status readMeetingPatch(const Json& body, MeetingDocument& document, MeetingPatch& patch);

Json toJson(const ParticipantInfo& participant);
/// A participant over plain RTP that a caller adds. `identity` and `name` are made up where the body is silent.
Result<JoinSpec> readRtpJoin(const Json& body);
Result<ParticipantPatch> readParticipantPatch(const Json& body);

Json toJson(const SourceInfo& source);
/// `path` of a file source is the caller's `url`, without "file:": relative to the configured folder.
Result<IngestSpec> readIngestSpec(const Json& body);
/// As callers may see it again: without secrets.
Json toJson(const IngestSpec& spec);
Result<SourcePatch> readSourcePatch(const Json& body);

Json toJson(const ViewInfo& view);
/// @param defaults  canvas, rate and scene where the body is silent
Result<ViewSpec> readViewSpec(const Json& body, ViewSpec defaults);
/// @param scene  of the view now; the reply is the scene it shall have
Result<ViewPatch> readViewPatch(const Json& body, Scene scene);

Json toJson(const OutputInfo& output);
Result<OutputSpec> readOutputSpec(const Json& body);

Json toJson(const MeetingStats& stats);
/// @return null where it is not measured; silence is null
Json toJson(const std::optional<Loudness>& loudness);
Json toJson(const RecordingRecord& recording);
Json toJson(const RecordingFile& file);
Json toJson(const AuditEntry& entry);

}  // namespace tessera
