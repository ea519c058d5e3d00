#include "api/store/page_query.h"
#include "api/store/rows.h"

namespace tessera {
namespace {

constexpr const char* kColumns = "at_ms, who, role, via, action, subject, origin, status, detail";

AuditEntry readRow(SQLite::Statement& row) {
    AuditEntry entry;
    entry.sequence = row.getColumn(0).getInt64();
    entry.atMs = row.getColumn(1).getInt64();
    entry.who = row.getColumn(2).getString();
    entry.role = row.getColumn(3).getString();
    entry.via = row.getColumn(4).getString();
    entry.action = row.getColumn(5).getString();
    entry.subject = row.getColumn(6).getString();
    entry.from = row.getColumn(7).getString();
    entry.status = row.getColumn(8).getInt();
    entry.detail = row.getColumn(9).getString();
    return entry;
}

}  // namespace

Status insertAuditRow(Database& database, const AuditEntry& entry) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(), std::string("INSERT INTO audit_log (") + kColumns +
                                                           ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        SQLite::bind(statement, entry.atMs, entry.who, entry.role, entry.via, entry.action, entry.subject, entry.from,
                     entry.status, entry.detail);
        statement.exec();
        return kOk;
    });
}

Result<Page<AuditEntry>> listAuditRows(Database& database, const PageRequest& page) {
    return guarded([&] {
        return readPage<AuditEntry>(database, {kColumns, "audit_log", {}, {}, true}, page, readRow);
    });
}

}  // namespace tessera
