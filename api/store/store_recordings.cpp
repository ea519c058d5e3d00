// Recordings: the part of Store that has files.

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "mcu/base/log.h"

#include "api/store/recording_files.h"
#include "api/store/recording_journal.h"
#include "api/store/rows.h"
#include "api/store/store.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr Duration kRetirePeriod = std::chrono::minutes(10);

}  // namespace

Result<std::string> Store::createRecording(const RecordingRecord& record) {
    TESSERA_CHECK(!record.id.isEmpty() && record.files.size() == 1 && isSafeFileName(record.files.front().name));
    const auto folder = recordingFolder(options_.dir, record.id);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return internalError("the folder of a recording cannot be made: " + error.message());
    TESSERA_TRY(call([this, record]() -> Status {
        auto inserted = insertRecordingRow(*database_, record);
        if (!inserted || !record.render.empty()) return inserted;
        beingWritten_.emplace(record.meeting, record.id);
        scores_.begin(record.meeting, recordingFolder(options_.dir, record.id));
        return kOk;
    }));
    return folder + "/" + record.files.front().name;
}

Status Store::finishRecording(const RecordingId& id, std::int64_t durationMs, const std::string& error) {
    return call([this, id, durationMs, error]() -> Status {
        auto record = readRecordingRow(*database_, id);
        if (!record) return record.error();
        if (record->state != RecordingState::Recording)
            return conflict("the recording " + id.toString() + " is finished");
        record->state = RecordingState::Finalizing;
        record->durationMs = durationMs;
        record->error = error;
        record->finishedAtMs = options_.nowMs();
        TESSERA_TRY(updateRecordingRow(*database_, *record));
        files_.post([this, finishing = *record] { finishFiles(finishing); });
        std::erase_if(beingWritten_, [&id](const auto& each) { return each.second == id; });
        return kOk;
    });
}

Status Store::noteRender(const RecordingId& id, const std::string& render) {
    return call([this, id, render]() -> Status {
        auto record = readRecordingRow(*database_, id);
        if (!record) return record.error();
        record->render = render;
        return updateRecordingRow(*database_, *record);
    });
}

Result<RecordingRecord> Store::recording(const RecordingId& id) {
    return call([this, id] { return readRecordingRow(*database_, id); });
}

Result<Page<RecordingRecord>> Store::recordings(const MeetingId& meeting, const PageRequest& page) {
    return call([this, meeting, page] { return listRecordingRows(*database_, meeting, page); });
}

Status Store::deleteRecording(const RecordingId& id) {
    return call([this, id]() -> Status {
        const auto record = readRecordingRow(*database_, id);
        if (!record) return record.error();
        if (record->state == RecordingState::Recording || record->state == RecordingState::Finalizing) {
            return conflict("the recording " + id.toString() + " is still being written: stop its output first");
        }
        std::error_code error;
        fs::remove_all(recordingFolder(options_.dir, id), error);
        if (error) return internalError("the files of a recording cannot be removed: " + error.message());
        TESSERA_TRY(deleteUploadRows(*database_, id));
        return deleteRecordingRow(*database_, id);
    });
}

Result<std::string> Store::recordingFile(const RecordingId& id, const std::string& name) {
    const auto record = recording(id);
    if (!record) return record.error();
    const bool isFinished = record->state == RecordingState::Ready || record->state == RecordingState::Failed;
    const bool isOurs = std::any_of(record->files.begin(), record->files.end(),
                                    [&name](const RecordingFile& file) { return file.name == name; });
    if (!isFinished || !isOurs) return notFound("no such recording file");
    return resolveRecordingFile(options_.dir, id.toString(), name);
}

/// Half a programme is none; what it was made of is still there.
void Store::dropUnfinishedRender(RecordingRecord& record) const {
    const auto folder = recordingFolder(options_.dir, record.id);
    std::error_code error;
    for (const auto& file : record.files) fs::remove(folder + "/" + file.name, error);
    record.error = "the server ended before it was rendered: render it again";
}

/// Runs on the thread of files: finishes them, then lets the database know.
void Store::finishFiles(const RecordingRecord& record) {
    const auto finished =
        finishRecordingFiles(record, recordingFolder(options_.dir, record.id), options_.media, stopping_);
    if (stopping_) return;  // still finalizing in the database: the next start takes it up
    queue_.post([this, finished] {
        if (const auto done = updateRecordingRow(*database_, finished); !done) {
            log(LogLevel::Error, "store", "a recording's end was not kept",
                {{"recording", finished.id.toString()}, {"error", done.error().message}});
        }
        if (options_.onRecordingEnd) options_.onRecordingEnd(finished);
    });
    retire();
}

void Store::scheduleRetire() {
    files_.postDelayed(kRetirePeriod, [this] {
        retire();
        scheduleRetire();
    });
}

/// Runs on the thread of files: removes the finished recordings that are beyond what is to be kept.
void Store::retire() {
    if (!options_.retention.isSet()) return;
    const auto finished = call([this] { return listFinishedRecordingRows(*database_); });
    if (!finished) return log(LogLevel::Warning, "store", finished.error().message);
    for (const auto& [id, reason] : beyond(options_.retention, *finished, options_.nowMs())) {
        const Status removed = deleteRecording(id);
        log(LogLevel::Info, "recording", removed ? "a recording was retired" : removed.error().message,
            {{"recording", id.toString()}, {"reason", reason}});
    }
}

void Store::noteEvent(MeetingEvent event, RecordingId only) {
    queue_.post([this, event = std::move(event), only = std::move(only)] {
        if (event.type == "meeting.ended") scores_.forget(event.meeting);
        const auto [begin, end] = beingWritten_.equal_range(event.meeting);
        for (auto each = begin; each != end; ++each) {
            if (!only.isEmpty() && each->second != only) continue;
            const Status kept = appendToJournal(recordingFolder(options_.dir, each->second), event);
            if (!kept) log(LogLevel::Warning, "recording", kept.error().message, {{"type", event.type}});
        }
    });
}

std::vector<std::string> Store::foldersOf(const MeetingId& meeting) const {
    std::vector<std::string> folders;
    const auto [begin, end] = beingWritten_.equal_range(meeting);
    for (auto each = begin; each != end; ++each) folders.push_back(recordingFolder(options_.dir, each->second));
    return folders;
}

void Store::noteScore(const MeetingId& meeting, MeetingScorePtr score) {
    queue_.post([this, meeting, score = std::move(score)] { scores_.note(meeting, score, foldersOf(meeting)); });
}

void Store::noteSpeakers(const MeetingId& meeting, SpeakerOrder order) {
    queue_.post([this, meeting, order = std::move(order)] { scores_.note(meeting, order, foldersOf(meeting)); });
}

}  // namespace tessera
