#include "api/json.h"
#include "api/store/rows.h"

namespace tessera {
namespace {

std::string patternsToText(const std::vector<std::string>& patterns) {
    return toText(Json(patterns));
}

std::vector<std::string> patternsFromText(const std::string& text) {
    std::vector<std::string> patterns;
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_array()) return patterns;
    for (const auto& each : json) {
        if (each.is_string()) patterns.push_back(each.get<std::string>());
    }
    return patterns;
}

WebhookId idFromText(const std::string& text) {
    const auto id = WebhookId::fromString(text);
    return id ? *id : WebhookId();
}

}  // namespace

Status saveWebhookRow(Database& database, const WebhookRecord& record) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "INSERT INTO webhooks (id, url, events, meeting, secret, enabled, created_at_ms) "
                                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET url = ?2, "
                                    "events = ?3, meeting = ?4, secret = ?5, enabled = ?6");
        SQLite::bind(statement, record.id.toString(), record.url, patternsToText(record.events), record.meeting,
                     record.secret, record.enabled ? 1 : 0, record.createdAtMs);
        statement.exec();
        return kOk;
    });
}

Result<std::vector<WebhookRecord>> listWebhookRows(Database& database) {
    return guarded([&]() -> Result<std::vector<WebhookRecord>> {
        SQLite::Statement rows(database.handle(),
                               "SELECT id, url, events, meeting, secret, enabled, created_at_ms FROM webhooks "
                               "ORDER BY seq");
        std::vector<WebhookRecord> records;
        while (rows.executeStep()) {
            WebhookRecord record;
            record.id = idFromText(rows.getColumn(0).getString());
            record.url = rows.getColumn(1).getString();
            record.events = patternsFromText(rows.getColumn(2).getString());
            record.meeting = rows.getColumn(3).getString();
            record.secret = rows.getColumn(4).getString();
            record.enabled = rows.getColumn(5).getInt() != 0;
            record.createdAtMs = rows.getColumn(6).getInt64();
            records.push_back(std::move(record));
        }
        return records;
    });
}

Status deleteWebhookRow(Database& database, const WebhookId& id) {
    return guarded([&]() -> Status {
        SQLite::Transaction both(database.handle());
        SQLite::Statement deliveries(database.handle(), "DELETE FROM webhook_deliveries WHERE webhook = ?");
        deliveries.bind(1, id.toString());
        deliveries.exec();
        SQLite::Statement statement(database.handle(), "DELETE FROM webhooks WHERE id = ?");
        statement.bind(1, id.toString());
        if (statement.exec() == 0) return notFound("there is no webhook " + id.toString());
        both.commit();
        return kOk;
    });
}

Status insertDeliveryRow(Database& database, const DeliveryRecord& record) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "INSERT OR IGNORE INTO webhook_deliveries (webhook, event, body, created_at_ms) "
                                    "SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM webhooks WHERE id = ?1)");
        SQLite::bind(statement, record.webhook.toString(), record.event, record.body, record.createdAtMs);
        statement.exec();
        return kOk;
    });
}

Result<std::vector<DeliveryRecord>> listDeliveryRows(Database& database) {
    return guarded([&]() -> Result<std::vector<DeliveryRecord>> {
        SQLite::Statement rows(database.handle(),
                               "SELECT webhook, event, body, created_at_ms FROM webhook_deliveries ORDER BY seq");
        std::vector<DeliveryRecord> records;
        while (rows.executeStep()) {
            records.push_back({.webhook = idFromText(rows.getColumn(0).getString()),
                               .event = rows.getColumn(1).getString(),
                               .body = rows.getColumn(2).getString(),
                               .createdAtMs = rows.getColumn(3).getInt64()});
        }
        return records;
    });
}

Status deleteDeliveryRow(Database& database, const WebhookId& webhook, const std::string& event) {
    return guarded([&]() -> Status {
        SQLite::Statement statement(database.handle(),
                                    "DELETE FROM webhook_deliveries WHERE webhook = ? AND event = ?");
        SQLite::bind(statement, webhook.toString(), event);
        statement.exec();
        return kOk;
    });
}

}  // namespace tessera
