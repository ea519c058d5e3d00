#include "api/store/page_query.h"
#include "api/store/rows.h"

namespace tessera {
namespace {

constexpr const char* kColumns = "id, state, settings, created_at_ms, started_at_ms, ended_at_ms";

MeetingState stateFromText(const std::string& text) {
    for (const auto state : {MeetingState::Scheduled, MeetingState::Live, MeetingState::Ended}) {
        if (text == toString(state)) return state;
    }
    return MeetingState::Ended;
}

MeetingRecord readRow(SQLite::Statement& row) {
    MeetingRecord record;
    if (auto id = MeetingId::fromString(row.getColumn(1).getString())) record.id = *id;
    record.state = stateFromText(row.getColumn(2).getString());
    record.settings = row.getColumn(3).getString();
    record.createdAtMs = row.getColumn(4).getInt64();
    record.startedAtMs = row.getColumn(5).getInt64();
    record.endedAtMs = row.getColumn(6).getInt64();
    return record;
}

}  // namespace

Status saveMeetingRow(Database& database, const MeetingRecord& record) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "INSERT INTO meetings (id, state, settings, created_at_ms, started_at_ms, "
                                    "ended_at_ms) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = "
                                    "excluded.state, settings = excluded.settings, created_at_ms = "
                                    "excluded.created_at_ms, started_at_ms = excluded.started_at_ms, ended_at_ms = "
                                    "excluded.ended_at_ms");
        SQLite::bind(statement, record.id.toString(), std::string(toString(record.state)), record.settings,
                     record.createdAtMs, record.startedAtMs, record.endedAtMs);
        statement.exec();
        return kOk;
    });
}

Result<MeetingRecord> readMeetingRow(Database& database, const MeetingId& id) {
    return guarded([&]() -> Result<MeetingRecord> {
        SQLite::Statement row(database.handle(),
                              std::string("SELECT seq, ") + kColumns + " FROM meetings WHERE id = ?");
        row.bind(1, id.toString());
        if (!row.executeStep()) return notFound("no meeting " + id.toString());
        return readRow(row);
    });
}

Result<Page<MeetingRecord>> listMeetingRows(Database& database, const PageRequest& page) {
    return guarded([&] {
        return readPage<MeetingRecord>(database, {kColumns, "meetings", {}, {}, false}, page, readRow);
    });
}

Status deleteMeetingRow(Database& database, const MeetingId& id) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(), "DELETE FROM meetings WHERE id = ?");
        statement.bind(1, id.toString());
        if (statement.exec() == 0) return notFound("no meeting " + id.toString());
        return kOk;
    });
}

}  // namespace tessera
