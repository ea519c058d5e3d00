#include "api/store/rows.h"

namespace tessera {
namespace {

constexpr const char* kSelect =
    "SELECT recording, target, state, progress, error, created_at_ms, finished_at_ms FROM uploads WHERE ";

UploadState stateFromText(const std::string& text) {
    for (const auto state : {UploadState::Waiting, UploadState::Done, UploadState::Moved}) {
        if (text == toString(state)) return state;
    }
    return UploadState::Failed;
}

UploadRecord readRow(SQLite::Statement& row) {
    UploadRecord record;
    const auto id = RecordingId::fromString(row.getColumn(0).getString());
    if (id) record.recording = *id;
    record.target = row.getColumn(1).getString();
    record.state = stateFromText(row.getColumn(2).getString());
    record.progress = row.getColumn(3).getString();
    record.error = row.getColumn(4).getString();
    record.createdAtMs = row.getColumn(5).getInt64();
    record.finishedAtMs = row.getColumn(6).getInt64();
    return record;
}

Result<std::vector<UploadRecord>> listRows(SQLite::Statement& rows) {
    std::vector<UploadRecord> records;
    while (rows.executeStep()) records.push_back(readRow(rows));
    return records;
}

}  // namespace

std::string_view toString(UploadState state) {
    switch (state) {
        case UploadState::Waiting: return "waiting";
        case UploadState::Done: return "done";
        case UploadState::Moved: return "moved";
        case UploadState::Failed: return "failed";
    }
    return "";
}

Status insertUploadRow(Database& database, const UploadRecord& record) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "INSERT OR IGNORE INTO uploads (recording, target, state, progress, error, "
                                    "created_at_ms, finished_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)");
        SQLite::bind(statement, record.recording.toString(), record.target, std::string(toString(record.state)),
                     record.progress, record.error, record.createdAtMs, record.finishedAtMs);
        statement.exec();
        return kOk;
    });
}

Status updateUploadRow(Database& database, const UploadRecord& record) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "UPDATE uploads SET state = ?3, progress = ?4, error = ?5, finished_at_ms = ?6 "
                                    "WHERE recording = ?1 AND target = ?2");
        SQLite::bind(statement, record.recording.toString(), record.target, std::string(toString(record.state)),
                     record.progress, record.error, record.finishedAtMs);
        statement.exec();
        return kOk;
    });
}

Result<UploadRecord> readUploadRow(Database& database, const RecordingId& recording, const std::string& target) {
    return guarded([&]() -> Result<UploadRecord> {
        SQLite::Statement row(database.handle(), std::string(kSelect) + "recording = ? AND target = ?");
        SQLite::bind(row, recording.toString(), target);
        if (!row.executeStep()) return notFound("there is no such upload");
        return readRow(row);
    });
}

Result<std::vector<UploadRecord>> listUploadRows(Database& database, const RecordingId& recording) {
    return guarded([&] {
        SQLite::Statement rows(database.handle(), std::string(kSelect) + "recording = ? ORDER BY seq");
        rows.bind(1, recording.toString());
        return listRows(rows);
    });
}

Result<std::vector<UploadRecord>> listWaitingUploadRows(Database& database) {
    return guarded([&] {
        SQLite::Statement rows(database.handle(), std::string(kSelect) + "state = 'waiting' ORDER BY seq");
        return listRows(rows);
    });
}

Status markUploadRowsMoved(Database& database, const RecordingId& recording) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "UPDATE uploads SET state = 'moved' WHERE recording = ? AND state = 'done'");
        statement.bind(1, recording.toString());
        statement.exec();
        return kOk;
    });
}

Status deleteUploadRows(Database& database, const RecordingId& recording) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(), "DELETE FROM uploads WHERE recording = ?");
        statement.bind(1, recording.toString());
        statement.exec();
        return kOk;
    });
}

}  // namespace tessera
