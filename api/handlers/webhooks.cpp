#include "api/webhooks/webhooks.h"

#include "mcu/base/url_text.h"

#include "api/handlers/handlers.h"
#include "api/timestamp.h"
#include "api/webhooks/webhook_signature.h"

namespace tessera::handlers {

namespace {

Json timeOrNull(std::int64_t ms) {
    return ms == 0 ? Json() : Json(toTimestamp(ms));
}

Json toJson(const Webhooks::Shown& shown) {
    const auto& [record, state] = shown;
    return {{"id", record.id.toString()},
            {"url", withoutCredentials(record.url)},
            {"events", record.events},
            {"meeting", record.meeting.empty() ? Json() : Json(record.meeting)},
            {"secret", "***"},
            {"enabled", record.enabled},
            {"created_at", timeOrNull(record.createdAtMs)},
            {"delivery",
             {{"pending", state.pending},
              {"delivered", state.delivered},
              {"dropped", state.dropped},
              {"failures", state.failures},
              {"last_status", state.lastStatus == 0 ? Json() : Json(state.lastStatus)},
              {"last_error", state.lastError.empty() ? Json() : Json(state.lastError)},
              {"last_attempt_at", timeOrNull(state.lastAttemptMs)},
              {"last_success_at", timeOrNull(state.lastSuccessMs)}}}};
}

void readPatterns(ObjectReader& reader, WebhookRecord& record) {
    const Json* list = reader.array("events", kMaximumTypePatterns);
    if (list == nullptr) return;
    record.events.clear();
    for (const auto& each : *list) {
        const auto pattern = each.is_string() ? each.get<std::string>() : std::string();
        const auto status = checkTypePattern(pattern, reader.pathOf("events"));
        if (!status) return reader.fail(status.error());
        record.events.push_back(pattern);
    }
    if (record.events.empty()) reader.fail("events", "must name at least one pattern");
}

/// Reads a body over what is in `record`.
Status readWebhook(const Json& body, WebhookRecord& record, bool isNew) {
    ObjectReader reader(body);
    if (isNew) reader.require("url");
    reader.read("url", record.url, TextLimits{1, 2048});
    readPatterns(reader, record);
    if (const Json* meeting = reader.find("meeting"); meeting != nullptr && meeting->is_null()) {
        record.meeting.clear();
    } else {
        reader.read("meeting", record.meeting, TextLimits{1, 64});
    }
    reader.read("secret", record.secret, TextLimits{16, 256});
    reader.read("enabled", record.enabled);
    TESSERA_TRY(reader.finish());
    if (!record.meeting.empty() && !isSafeName(record.meeting))
        return invalidArgument("meeting is not an id", "meeting");
    return kOk;
}

Result<Webhooks::Shown> addressed(const Call& call) {
    const auto id = call.id<WebhookId>("webhook");
    if (!id) return id.error();
    return call.services.webhooks->find(*id);
}

}  // namespace

Result<HttpResponse> listWebhooks(Call& call) {
    std::vector<Json> items;
    for (const auto& each : call.services.webhooks->list()) items.push_back(toJson(each));
    return listResponse(call, std::move(items));
}

Result<HttpResponse> addWebhook(Call& call) {
    const auto body = call.body();
    if (!body) return body.error();
    WebhookRecord record;
    TESSERA_TRY(readWebhook(*body, record, true));
    const bool makesSecret = record.secret.empty();
    record.id = WebhookId::create();
    record.createdAtMs = wallClockMs();
    if (makesSecret) record.secret = createWebhookSecret();
    if (call.dryRun) {
        TESSERA_TRY(call.services.webhooks->check(record));
        return jsonResponse(200, toJson({record, {}}));
    }
    TESSERA_TRY(call.services.webhooks->save(record));
    auto json = toJson({record, {}});
    if (makesSecret) json["secret"] = record.secret;  // this once
    return createdResponse("/v1/webhooks/" + record.id.toString(), json);
}

Result<HttpResponse> getWebhook(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    return objectResponse(toJson(*found));
}

Result<HttpResponse> updateWebhook(Call& call) {
    auto found = addressed(call);
    if (!found) return found.error();
    const auto body = call.body();
    if (!body) return body.error();
    TESSERA_TRY(readWebhook(*body, found->record, false));
    if (call.dryRun) {
        TESSERA_TRY(call.services.webhooks->check(found->record));
        return jsonResponse(200, toJson(*found));
    }
    TESSERA_TRY(call.services.webhooks->save(found->record));
    return getWebhook(call);
}

Result<HttpResponse> removeWebhook(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    if (call.dryRun) return objectResponse(toJson(*found));
    TESSERA_TRY(call.services.webhooks->remove(found->record.id));
    return noContent();
}

Result<HttpResponse> testWebhook(Call& call) {
    const auto found = addressed(call);
    if (!found) return found.error();
    if (call.dryRun) return jsonResponse(200, toJson(*found));
    const auto event = call.services.webhooks->test(found->record.id, call.identity.subject);
    if (!event) return event.error();
    return jsonResponse(202, {{"event", *event}});
}

}  // namespace tessera::handlers
