#include <array>

#include "api/store/page_query.h"
#include "api/store/rows.h"

namespace tessera {
namespace {

constexpr const char* kColumns =
    "id, meeting, output, state, file, bytes, duration_ms, sha256, started_at_ms, finished_at_ms, error";
constexpr std::array kStates = {RecordingState::Recording, RecordingState::Finalizing, RecordingState::Ready,
                                RecordingState::Failed};

template <typename IdType>
IdType idFromText(const std::string& text) {
    auto id = IdType::fromString(text);
    return id ? *id : IdType();
}

RecordingRecord readRow(SQLite::Statement& row) {
    RecordingRecord record;
    record.id = idFromText<RecordingId>(row.getColumn(1).getString());
    record.meeting = idFromText<MeetingId>(row.getColumn(2).getString());
    record.output = idFromText<OutputId>(row.getColumn(3).getString());
    record.state = recordingStateFromString(row.getColumn(4).getString()).value_or(RecordingState::Failed);
    record.file = row.getColumn(5).getString();
    record.bytes = row.getColumn(6).getInt64();
    record.durationMs = row.getColumn(7).getInt64();
    record.sha256 = row.getColumn(8).getString();
    record.startedAtMs = row.getColumn(9).getInt64();
    record.finishedAtMs = row.getColumn(10).getInt64();
    record.error = row.getColumn(11).getString();
    return record;
}

void bindAll(SQLite::Statement& statement, const RecordingRecord& record) {
    SQLite::bind(statement, record.id.toString(), record.meeting.toString(), record.output.toString(),
                 std::string(toString(record.state)), record.file, record.bytes, record.durationMs, record.sha256,
                 record.startedAtMs, record.finishedAtMs, record.error);
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
                                                           ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        bindAll(statement, record);
        statement.exec();
        return kOk;
    });
}

Status updateRecordingRow(Database& database, const RecordingRecord& record) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "UPDATE recordings SET meeting = ?2, output = ?3, state = ?4, file = ?5, bytes = "
                                    "?6, duration_ms = ?7, sha256 = ?8, started_at_ms = ?9, finished_at_ms = ?10, "
                                    "error = ?11 WHERE id = ?1");
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
    return guarded([&]() -> Result<std::vector<RecordingRecord>> {
        SQLite::Statement rows(database.handle(), std::string("SELECT seq, ") + kColumns +
                                                      " FROM recordings WHERE state IN ('recording', 'finalizing')");
        std::vector<RecordingRecord> records;
        while (rows.executeStep()) records.push_back(readRow(rows));
        return records;
    });
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
