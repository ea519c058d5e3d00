#include <array>

#include "api/json.h"
#include "api/store/page_query.h"
#include "api/store/rows.h"

namespace tessera {
namespace {

constexpr const char* kColumns =
    "id, meeting, output, state, files, duration_ms, started_at_ms, finished_at_ms, error, render";
constexpr std::array kStates = {RecordingState::Recording, RecordingState::Finalizing, RecordingState::Ready,
                                RecordingState::Failed};

template <typename IdType>
IdType idFromText(const std::string& text) {
    auto id = IdType::fromString(text);
    return id ? *id : IdType();
}

std::string filesToText(const std::vector<RecordingFile>& files) {
    Json json = Json::array();
    for (const auto& file : files) {
        json.push_back({{"name", file.name},
                        {"kind", file.kind},
                        {"bytes", file.bytes},
                        {"duration_ms", file.durationMs},
                        {"sha256", file.sha256}});
        if (file.beginsAtMs) json.back()["begins_at_ms"] = *file.beginsAtMs;
    }
    return toText(json);
}

std::vector<RecordingFile> filesFromText(const std::string& text) {
    std::vector<RecordingFile> files;
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_array()) return files;
    for (const auto& each : json) {
        files.push_back({.name = each.value("name", ""),
                         .kind = each.value("kind", ""),
                         .bytes = each.value("bytes", std::int64_t{0}),
                         .durationMs = each.value("duration_ms", std::int64_t{0}),
                         .sha256 = each.value("sha256", "")});
        if (each.contains("begins_at_ms")) files.back().beginsAtMs = each.value("begins_at_ms", std::int64_t{0});
    }
    return files;
}

RecordingRecord readRow(SQLite::Statement& row) {
    RecordingRecord record;
    record.id = idFromText<RecordingId>(row.getColumn(1).getString());
    record.meeting = idFromText<MeetingId>(row.getColumn(2).getString());
    record.output = idFromText<OutputId>(row.getColumn(3).getString());
    record.state = recordingStateFromString(row.getColumn(4).getString()).value_or(RecordingState::Failed);
    record.files = filesFromText(row.getColumn(5).getString());
    record.durationMs = row.getColumn(6).getInt64();
    record.startedAtMs = row.getColumn(7).getInt64();
    record.finishedAtMs = row.getColumn(8).getInt64();
    record.error = row.getColumn(9).getString();
    record.render = row.getColumn(10).getString();
    return record;
}

void bindAll(SQLite::Statement& statement, const RecordingRecord& record) {
    SQLite::bind(statement, record.id.toString(), record.meeting.toString(), record.output.toString(),
                 std::string(toString(record.state)), filesToText(record.files), record.durationMs, record.startedAtMs,
                 record.finishedAtMs, record.error, record.render);
}

Result<std::vector<RecordingRecord>> listRows(Database& database, const std::string& condition) {
    return guarded([&]() -> Result<std::vector<RecordingRecord>> {
        SQLite::Statement rows(database.handle(),
                               std::string("SELECT seq, ") + kColumns + " FROM recordings WHERE " + condition);
        std::vector<RecordingRecord> records;
        while (rows.executeStep()) records.push_back(readRow(rows));
        return records;
    });
}

}  // namespace

std::string_view toString(RecordingState state) {
    switch (state) {
        case RecordingState::Recording: return "recording";
        case RecordingState::Finalizing: return "finalizing";
        case RecordingState::Ready: return "ready";
        case RecordingState::Failed: return "failed";
    }
    return "";
}

std::optional<RecordingState> recordingStateFromString(std::string_view text) {
    for (const auto state : kStates) {
        if (text == toString(state)) return state;
    }
    return std::nullopt;
}

Status insertRecordingRow(Database& database, const RecordingRecord& record) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(), std::string("INSERT INTO recordings (") + kColumns +
                                                           ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        bindAll(statement, record);
        statement.exec();
        return kOk;
    });
}

Status updateRecordingRow(Database& database, const RecordingRecord& record) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(
            database.handle(),
            "UPDATE recordings SET meeting = ?2, output = ?3, state = ?4, files = ?5, "
            "duration_ms = ?6, started_at_ms = ?7, finished_at_ms = ?8, error = ?9, render = ?10 "
            "WHERE id = ?1");
        bindAll(statement, record);
        if (statement.exec() == 0) return notFound("no recording " + record.id.toString());
        return kOk;
    });
}

Result<RecordingRecord> readRecordingRow(Database& database, const RecordingId& id) {
    return guarded([&]() -> Result<RecordingRecord> {
        SQLite::Statement row(database.handle(),
                              std::string("SELECT seq, ") + kColumns + " FROM recordings WHERE id = ?");
        row.bind(1, id.toString());
        if (!row.executeStep()) return notFound("no recording " + id.toString());
        return readRow(row);
    });
}

Result<Page<RecordingRecord>> listRecordingRows(Database& database, const MeetingId& meeting, const PageRequest& page) {
    return guarded([&] {
        const PageQuery query{kColumns, "recordings", meeting.isEmpty() ? "" : "meeting", meeting.toString(), true};
        return readPage<RecordingRecord>(database, query, page, readRow);
    });
}

Result<std::vector<RecordingRecord>> listUnfinishedRecordingRows(Database& database) {
    return listRows(database, "state IN ('recording', 'finalizing')");
}

Result<std::vector<RecordingRecord>> listFinishedRecordingRows(Database& database) {
    return listRows(database,
                    "state IN ('ready', 'failed') AND id NOT IN (SELECT recording FROM uploads WHERE "
                    "state IN ('waiting', 'moved')) ORDER BY finished_at_ms, seq");
}

Status deleteRecordingRow(Database& database, const RecordingId& id) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(), "DELETE FROM recordings WHERE id = ?");
        statement.bind(1, id.toString());
        if (statement.exec() == 0) return notFound("no recording " + id.toString());
        return kOk;
    });
}

}  // namespace tessera
