// Recordings: the part of Store that has files.

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "mcu/base/log.h"

#include "api/store/recording_files.h"
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
    TESSERA_TRY(folders_.make(record.id));
    TESSERA_TRY(call([this, record] { return insertRecordingRow(*database_, record); }));
    if (record.render.empty()) folders_.begin(record.meeting, record.id);
    return folder + "/" + record.files.front().name;
}

Status Store::dropRecording(const RecordingId& id) {
    folders_.drop(id);
    return call([this, id] { return deleteRecordingRow(*database_, id); });
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
        folders_.end(id, [this, finishing = *record] { files_.post([this, finishing] { finishFiles(finishing); }); });
        return kOk;
    });
}

void Store::finishSegment(const std::string& path) {
    const fs::path file(path);
    const auto id = RecordingId::fromString(file.parent_path().filename().string());
    if (!id) return;
    folders_.afterNotes(
        [this, id = *id, name = file.filename().string()] { files_.post([this, id, name] { finishFile(id, name); }); });
}

/// Runs on the thread of files.
void Store::finishFile(const RecordingId& id, const std::string& name) {
    const auto record = recording(id);
    const bool isOver = record && (record->state == RecordingState::Ready || record->state == RecordingState::Failed);
    if (stopping_ || !record || isOver) return;  // whatever finishes the whole recording takes it up, or has
    const auto finished = tessera::finishSegment(recordingFolder(options_.dir, id), name, options_.media, stopping_);
    if (finished.empty()) return;
    queue_.post([this, id, finished] { noteFiles(id, finished); });
}

/// Media first, oldest first.
void Store::noteFiles(const RecordingId& id, const std::vector<RecordingFile>& files) {
    auto record = readRecordingRow(*database_, id);
    if (!record) return;
    const auto isSame = [&files](const RecordingFile& each) { return each.name == files.front().name; };
    std::erase_if(record->files, isSame);
    const auto captions = std::find_if(record->files.begin(), record->files.end(),
                                       [](const RecordingFile& each) { return !isMediaFile(each.name); });
    record->files.insert(captions, files.front());
    record->files.insert(record->files.end(), files.begin() + 1, files.end());
    const Status kept = updateRecordingRow(*database_, *record);
    if (!kept) return log(LogLevel::Error, "store", kept.error().message, {{"recording", id.toString()}});
    if (options_.onSegment) options_.onSegment(*record, files.front());
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
    const auto record = recording(id);
    if (!record) return record.error();
    if (record->state == RecordingState::Recording || record->state == RecordingState::Finalizing) {
        return conflict("the recording " + id.toString() + " is still being written: stop its output first");
    }
    TESSERA_TRY(folders_.remove(id));
    return call([this, id]() -> Status {
        TESSERA_TRY(deleteUploadRows(*database_, id));
        return deleteRecordingRow(*database_, id);
    });
}

Result<std::string> Store::recordingFile(const RecordingId& id, const std::string& name) {
    const auto record = recording(id);
    if (!record) return record.error();
    const bool isFinished = std::any_of(record->files.begin(), record->files.end(), [&name](const RecordingFile& file) {
        return file.name == name && !file.sha256.empty();
    });
    if (!isFinished) return notFound("no such recording file");
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

}  // namespace tessera
