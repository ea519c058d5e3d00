#include "api/store/database.h"

#include <iterator>
#include <sqlite3.h>

namespace tessera {
namespace {

/// Step i takes a database from schema version i to i + 1. Steps are never changed once released, only added.
constexpr const char* kMigrations[] = {
    R"(
    CREATE TABLE meetings (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, settings TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL, started_at_ms INTEGER NOT NULL, ended_at_ms INTEGER NOT NULL) STRICT;
    CREATE TABLE recordings (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, meeting TEXT NOT NULL, output TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('recording', 'finalizing', 'ready', 'failed')), file TEXT NOT NULL,
        bytes INTEGER NOT NULL, duration_ms INTEGER NOT NULL, sha256 TEXT NOT NULL, started_at_ms INTEGER NOT NULL,
        finished_at_ms INTEGER NOT NULL, error TEXT NOT NULL) STRICT;
    CREATE INDEX recordings_by_meeting ON recordings (meeting, seq);
    CREATE TABLE api_keys (
        id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL, meeting TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL) STRICT;
    CREATE TABLE audit_log (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL,
        via TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, origin TEXT NOT NULL, status INTEGER NOT NULL,
        detail TEXT NOT NULL) STRICT;
    CREATE TABLE idempotency_keys (
        scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
        location TEXT NOT NULL, body TEXT NOT NULL, created_at_ms INTEGER NOT NULL, PRIMARY KEY (scope, key)) STRICT;
    CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at_ms);
    )",
    R"(
    ALTER TABLE recordings ADD COLUMN files TEXT NOT NULL DEFAULT '[]';
    UPDATE recordings SET files = json_array(json_object(
        'name', file, 'kind', 'mp4', 'bytes', bytes, 'duration_ms', duration_ms, 'sha256', sha256));
    ALTER TABLE recordings DROP COLUMN file;
    ALTER TABLE recordings DROP COLUMN bytes;
    ALTER TABLE recordings DROP COLUMN sha256;
    )", "ALTER TABLE recordings ADD COLUMN render TEXT NOT NULL DEFAULT '';",
    R"(
    CREATE TABLE webhooks (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, url TEXT NOT NULL, events TEXT NOT NULL,
        meeting TEXT NOT NULL, secret TEXT NOT NULL, enabled INTEGER NOT NULL, created_at_ms INTEGER NOT NULL) STRICT;
    CREATE TABLE webhook_deliveries (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, webhook TEXT NOT NULL, event TEXT NOT NULL, body TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL, UNIQUE (webhook, event)) STRICT;
    )",
    R"(
    CREATE TABLE uploads (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, recording TEXT NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL,
        progress TEXT NOT NULL, error TEXT NOT NULL, created_at_ms INTEGER NOT NULL, finished_at_ms INTEGER NOT NULL,
        UNIQUE (recording, target)) STRICT;
    )",
};
constexpr int kSchemaVersion = static_cast<int>(std::size(kMigrations));

constexpr int kBusyTimeoutMs = 1500;  // below the deadline of a call, so that the caller hears why

Status migrate(SQLite::Database& database) {
    // Immediate: two programs that open a new folder at the same time take turns.
    database.exec("BEGIN IMMEDIATE");
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    if (version > kSchemaVersion) {
        database.exec("ROLLBACK");
        return invalidArgument("data.dir: its database was written by a newer version of Tessera", "data.dir");
    }
    for (int step = version; step < kSchemaVersion; ++step) database.exec(kMigrations[step]);
    database.exec("PRAGMA user_version = " + std::to_string(kSchemaVersion));
    database.exec("COMMIT");
    return kOk;
}

}  // namespace

Error toError(const SQLite::Exception& exception) {
    const std::string what = std::string("the database failed: ") + exception.what();
    switch (exception.getErrorCode()) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return {ErrorCode::Timeout, what, {}};
        case SQLITE_CONSTRAINT: return conflict(what);
        case SQLITE_FULL: return {ErrorCode::Capacity, "the disk of data.dir is full", {}};
        default: return internalError(what);
    }
}

Database::Database(const std::string& path) : handle_(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    handle_.setBusyTimeout(kBusyTimeoutMs);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
    try {
        std::unique_ptr<Database> database(new Database(path));
        // WAL with NORMAL: a crash of ours loses nothing, a power cut at most the last commits and never the file.
        database->handle_.exec("PRAGMA journal_mode = WAL");
        database->handle_.exec("PRAGMA synchronous = NORMAL");
        database->handle_.exec("PRAGMA foreign_keys = ON");
        database->handle_.exec("PRAGMA trusted_schema = OFF");
        TESSERA_TRY(migrate(database->handle_));
        return database;
    } catch (const SQLite::Exception& exception) {
        return invalidArgument("data.dir: the database " + path + " cannot be opened: " + exception.what(), "data.dir");
    }
}

}  // namespace tessera
