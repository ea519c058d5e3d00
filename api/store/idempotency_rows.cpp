#include "api/store/rows.h"

namespace tessera {
namespace {

void forgetOld(SQLite::Database& database, std::int64_t nowMs) {
    SQLite::Statement statement(database, "DELETE FROM idempotency_keys WHERE created_at_ms <= ?");
    statement.bind(1, nowMs - kIdempotencyMs);
    statement.exec();
}

void insert(SQLite::Database& database, const IdempotencyUse& use, std::int64_t nowMs) {
    SQLite::Statement statement(database,
                                "INSERT INTO idempotency_keys (scope, key, fingerprint, status, location, body, "
                                "created_at_ms) VALUES (?, ?, ?, 0, '', '', ?)");
    SQLite::bind(statement, use.scope, use.key, use.fingerprint, nowMs);
    statement.exec();
}

}  // namespace

Result<IdempotencyClaim> claimIdempotencyRow(Database& database, const IdempotencyUse& use, std::int64_t nowMs) {
    return guarded([&]() -> Result<IdempotencyClaim> {
        forgetOld(database.handle(), nowMs);
        SQLite::Statement row(database.handle(),
                              "SELECT fingerprint, status, location, body FROM idempotency_keys "
                              "WHERE scope = ? AND key = ?");
        SQLite::bind(row, use.scope, use.key);
        IdempotencyClaim claim;
        if (!row.executeStep()) {
            insert(database.handle(), use, nowMs);
            return claim;
        }
        claim.reply.status = row.getColumn(1).getInt();
        claim.reply.location = row.getColumn(2).getString();
        claim.reply.body = row.getColumn(3).getString();
        const bool isSame = row.getColumn(0).getString() == use.fingerprint;
        const auto progress =
            claim.reply.status == 0 ? IdempotencyClaim::State::InProgress : IdempotencyClaim::State::Done;
        claim.state = isSame ? progress : IdempotencyClaim::State::Mismatch;
        return claim;
    });
}

Status completeIdempotencyRow(Database& database, const IdempotencyUse& use, const RememberedReply& reply) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "UPDATE idempotency_keys SET status = ?, location = ?, body = ? WHERE scope = ? "
                                    "AND key = ?");
        SQLite::bind(statement, reply.status, reply.location, reply.body, use.scope, use.key);
        statement.exec();
        return kOk;
    });
}

Status deleteIdempotencyRow(Database& database, const IdempotencyUse& use) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(), "DELETE FROM idempotency_keys WHERE scope = ? AND key = ?");
        SQLite::bind(statement, use.scope, use.key);
        statement.exec();
        return kOk;
    });
}

Status deleteUnfinishedIdempotencyRows(Database& database) {
    return guarded([&]() -> Status {
        database.handle().exec("DELETE FROM idempotency_keys WHERE status = 0");
        return kOk;
    });
}

}  // namespace tessera
