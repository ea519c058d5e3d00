#include "api/outputs.h"

#include <filesystem>

#include "mcu/base/log.h"

#include "api/timestamp.h"
#include "pipelines/outputs/output_catalog.h"
#include "pipelines/outputs/recording_output.h"

namespace tessera {

Result<OutputInfo> Outputs::start(Meeting& meeting, OutputSpec spec) {
    const auto row = findOutput(spec.kind);
    if (!row) return row.error();
    auto params = completeParams((*row)->params, spec.params);
    if (!params) return params.error();
    spec.params = std::move(params).value();
    const bool takesSources = (*row)->traits(spec.params).takesSources;
    if ((*row)->storage == OutputStorage::Recording) return startRecording(meeting, spec, takesSources);
    if ((*row)->storage == OutputStorage::Site) {
        const std::string view = spec.view.isEmpty() ? "main" : spec.view.toString();
        return meeting.addOutput(spec, {.recording = {}, .path = meeting.id().toString() + "/" + view});
    }
    return meeting.addOutput(spec, {});
}

Result<OutputInfo> Outputs::startRecording(Meeting& meeting, const OutputSpec& spec, bool takesSources) {
    RecordingRecord record;
    record.id = RecordingId::create();
    record.meeting = meeting.id();
    record.startedAtMs = wallClockMs();
    if (takesSources) {
        record.files = {{.name = kScoreFile, .kind = kScoreKind}};
    } else {
        record.files = {{.name = recordingFileName(spec.params), .kind = spec.params.text("container")}};
    }
    const auto path = store_.createRecording(record);
    if (!path.ok()) return path.error();
    const std::string place = takesSources ? std::filesystem::path(*path).parent_path().string() : *path;
    auto output = meeting.addOutput(spec, {record.id, place, minimumFree_});
    if (output.ok()) noteWhoIsThere(meeting, record.id);
    if (output.ok()) return output;
    if (const auto dropped = store_.dropRecording(record.id); !dropped) {
        log(LogLevel::Warning, "recording", "a recording that did not begin stays listed",
            {{"recording", record.id.toString()}, {"reason", dropped.error().message}});
    }
    return output;
}

/// A recording's events begin with who was there already, and what is known of their consent.
void Outputs::noteWhoIsThere(Meeting& meeting, const RecordingId& recording) {
    const auto info = meeting.info();
    const auto participants = meeting.participants();
    if (!info.ok() || !participants.ok()) return;
    for (const ParticipantInfo& participant : *participants) {
        MeetingEvent event{.meeting = meeting.id(),
                           .type = "participant.present",
                           .subject = participant.id.toString(),
                           .detail = participant.name,
                           .at = info->now};
        store_.noteEvent(event, recording);
        if (!participant.recordingConsent) continue;
        event.type = "participant.consent";
        event.detail = *participant.recordingConsent ? "given" : "withheld";
        store_.noteEvent(event, recording);
    }
}

Result<OutputInfo> Outputs::stop(Meeting& meeting, const OutputId& output) {
    auto last = meeting.removeOutput(output);
    if (!last.ok() || last->recording.isEmpty()) return last;
    const std::string error = last->stats.state == OutputState::Failed ? last->stats.lastError : std::string();
    const auto finished = store_.finishRecording(last->recording, toMilliseconds(last->stats.duration), error);
    if (!finished.ok()) return finished.error();
    return last;
}

void Outputs::stopAll(Meeting& meeting) {
    const auto outputs = meeting.outputs();
    if (!outputs.ok()) return;
    for (const OutputInfo& output : *outputs) {
        const auto stopped = stop(meeting, output.id);
        if (stopped.ok()) continue;
        log(LogLevel::Warning, "output", "an output could not be stopped in order",
            {{"output", output.id.toString()}, {"reason", stopped.error().message}});
    }
}

void Outputs::stopEnded(Meeting& meeting) {
    const auto outputs = meeting.outputs();
    if (!outputs.ok()) return;
    for (const OutputInfo& output : *outputs) {
        const bool ended = output.stats.state == OutputState::Failed || output.stats.state == OutputState::Stopped;
        if (!ended || output.recording.isEmpty()) continue;
        log(LogLevel::Warning, "recording", "a recording ended on its own",
            {{"output", output.id.toString()}, {"reason", output.stats.lastError}});
        (void)stop(meeting, output.id).ok();
    }
}

}  // namespace tessera
