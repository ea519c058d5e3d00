#include "api/store/rows.h"

namespace tessera {
namespace {

constexpr const char* kSelect = "SELECT id, hash, name, role, meeting, created_at_ms FROM api_keys";

StoredKey readRow(SQLite::Statement& row) {
    StoredKey key;
    key.id = row.getColumn(0).getString();
    key.hash = row.getColumn(1).getString();
    key.name = row.getColumn(2).getString();
    key.role = roleFromString(row.getColumn(3).getString()).value_or(Role::Viewer);
    key.meeting = row.getColumn(4).getString();
    key.createdAtMs = row.getColumn(5).getInt64();
    return key;
}

}  // namespace

Status insertKeyRow(Database& database, const StoredKey& key) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "INSERT INTO api_keys (id, hash, name, role, meeting, created_at_ms) "
                                    "VALUES (?, ?, ?, ?, ?, ?)");
        SQLite::bind(statement, key.id, key.hash, key.name, std::string(toString(key.role)), key.meeting,
                     key.createdAtMs);
        statement.exec();
        return kOk;
    });
}

Result<std::optional<StoredKey>> findKeyRow(Database& database, const std::string& hash) {
    return guarded([&]() -> Result<std::optional<StoredKey>> {
        SQLite::Statement row(database.handle(), std::string(kSelect) + " WHERE hash = ?");
        row.bind(1, hash);
        if (!row.executeStep()) return std::optional<StoredKey>();
        return std::optional(readRow(row));
    });
}

Result<std::vector<StoredKey>> listKeyRows(Database& database) {
    return guarded([&]() -> Result<std::vector<StoredKey>> {
        SQLite::Statement rows(database.handle(), std::string(kSelect) + " ORDER BY created_at_ms, id");
        std::vector<StoredKey> keys;
        while (rows.executeStep()) keys.push_back(readRow(rows));
        return keys;
    });
}

Status deleteKeyRow(Database& database, const std::string& id) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(), "DELETE FROM api_keys WHERE id = ?");
        statement.bind(1, id);
        if (statement.exec() == 0) return notFound("no API key " + id);
        return kOk;
    });
}

}  // namespace tessera
