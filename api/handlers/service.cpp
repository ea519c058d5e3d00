#include "api/handlers/handlers.h"
#include "api/metrics.h"
#include "api/timestamp.h"
#include "api/version.h"

namespace tessera::handlers {

namespace {

constexpr std::int64_t kMaximumTtlSeconds = 30LL * 24 * 3600;

}  // namespace

Result<HttpResponse> mintToken(Call& call) {
    const auto body = call.body();
    if (!body) return body.error();
    TokenRequest wanted;
    std::string role = "participant";
    int ttl = 3600;
    ObjectReader reader(*body);
    reader.require("meeting");
    reader.read("meeting", wanted.meeting, TextLimits{1, 64});
    reader.readChoice("role", role, {"admin", "operator", "host", "presenter", "participant", "guest", "viewer"});
    reader.read("name", wanted.name, TextLimits{0, 128});
    reader.read("sub", wanted.subject, TextLimits{1, 128});
    reader.read("ttl_seconds", ttl, IntegerRange{1, kMaximumTtlSeconds});
    TESSERA_TRY(reader.finish());
    wanted.role = roleFromString(role).value_or(Role::Viewer);
    wanted.ttl = std::chrono::seconds(ttl);
    const auto minted = call.services.authenticator.mintFor(call.identity, wanted);
    if (!minted) return minted.error();
    if (call.dryRun) return jsonResponse(200, *body);
    call.auditDetail = role + " " + wanted.meeting;
    return jsonResponse(
        201,
        {{"token", minted->token}, {"sub", minted->subject}, {"expires_at", toTimestamp(minted->expiresAt * 1000)}});
}

Result<HttpResponse> listAudit(Call& call) {
    const auto page = pageRequest(call);
    if (!page) return page.error();
    const auto found = call.services.store.auditLog(*page);
    if (!found) return found.error();
    Json items = Json::array();
    for (const auto& entry : found->items) items.push_back(toJson(entry));
    return jsonResponse(200, {{"items", std::move(items)},
                              {"next_cursor", found->nextCursor ? Json(*found->nextCursor) : Json()},
                              {"total", found->total}});
}

Result<HttpResponse> getHealth(Call&) {
    return jsonResponse(200, {{"status", "ok"}, {"version", version()}});
}

Result<HttpResponse> getReadiness(Call& call) {
    // The store answers: a call's state would be kept.
    const auto asked = call.services.store.meetings({.limit = 1, .cursor = {}});
    if (!asked) return Error{ErrorCode::Capacity, "the store does not answer", {}};
    return jsonResponse(200, {{"status", "ready"}});
}

Result<HttpResponse> getMetrics(Call& call) {
    HttpResponse response;
    response.with("Content-Type", "text/plain; version=0.0.4; charset=utf-8").with("Cache-Control", "no-store");
    response.body = metricsText(call.services);
    return response;
}

Result<HttpResponse> getFile(Call& call) {
    const auto* file = call.services.files.find(call.request.path);
    if (file == nullptr) return notFound("there is nothing at " + call.request.path);
    return *file;
}

}  // namespace tessera::handlers
