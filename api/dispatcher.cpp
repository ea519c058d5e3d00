#include "api/dispatcher.h"

#include <algorithm>

#include "api/audit.h"
#include "api/auth/digest.h"
#include "api/foreign_page.h"
#include "api/problem.h"

namespace tessera {

namespace {

constexpr std::size_t kMaximumIdempotencyKey = 255;

bool isChange(std::string_view method) {
    return method == "POST" || method == "PATCH" || method == "DELETE";
}

std::string_view acceptedType(const Route& route) {
    if (!route.accepts.empty()) return route.accepts;
    if (route.method == "PATCH") return "application/merge-patch+json";
    return "application/json";
}

/// JSON bodies may be sent as plain JSON to PATCH, too: there is no other reading of it.
bool isAccepted(const Route& route, const HttpRequest& request) {
    if (request.body.empty() && route.accepts.empty()) return true;
    const auto type = request.mediaType();
    if (type == acceptedType(route)) return true;
    return route.accepts.empty() && type == "application/json";
}

std::string headerOf(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return {};
}

}  // namespace

bool CredentialGuard::isBlocked(const std::string& address) {
    Lock lock(mutex_);
    const auto found = failures_.find(address);
    if (found == failures_.end()) return false;
    if (clock_.now() - found->second.since > kWindow) {
        failures_.erase(found);
        return false;
    }
    return found->second.count >= kTries;
}

void CredentialGuard::failed(const std::string& address) {
    Lock lock(mutex_);
    const auto now = clock_.now();
    std::erase_if(failures_, [&](const auto& each) { return now - each.second.since > kWindow; });
    auto& failures = failures_.try_emplace(address, Failures{now, 0}).first->second;
    ++failures.count;
}

HttpResponse Dispatcher::handle(const HttpRequest& request) {
    if (services_.authenticator.isOpen() && isForeignPage(request, services_.config.http.corsOrigins)) {
        return problemResponse(Error{ErrorCode::Forbidden,
                                     "without a configured secret only this server's own page may call it: see "
                                     "docs/security.md",
                                     "Origin"});
    }
    HttpResponse response = request.method == "OPTIONS" ? preflight(request) : answer(request);
    addCors(request, response);
    return response;
}

HttpResponse Dispatcher::answer(const HttpRequest& request) {
    const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
    for (const Route& route : routes()) {
        if (route.method != method) continue;
        auto params = matchPath(route.path, request.path);
        if (!params) continue;
        Call call{.request = request, .services = services_, .params = std::move(*params), .identity = {}};
        return run(route, call);
    }
    const auto allowed = allowedMethods(request.path);
    if (!allowed.empty()) return methodNotAllowed(allowed);
    return problemResponse(notFound("there is nothing at " + request.path));
}

Status Dispatcher::checkAccess(const Route& route, Call& call) {
    if (route.access.isPublic) return kOk;
    auto identity = services_.authenticator.authenticate(call.request.header("authorization"));
    if (!identity) {
        if (identity.error().code == ErrorCode::Unauthorized) guard_.failed(call.request.peer);
        return identity.error();
    }
    call.identity = std::move(identity).value();
    if (route.access.handlerKnowsMeeting) return authorize(call.identity, route.access.right, call.identity.meeting);
    const auto meeting = call.params.find("meeting");
    return authorize(call.identity, route.access.right, meeting == call.params.end() ? std::string() : meeting->second);
}

HttpResponse Dispatcher::run(const Route& route, Call& call) {
    if (!route.access.isPublic && guard_.isBlocked(call.request.peer)) {
        return tooManyRequests(static_cast<int>(toMilliseconds(CredentialGuard::kWindow) / 1000));
    }
    if (const auto access = checkAccess(route, call); !access) return problemResponse(access.error());
    if (isChange(route.method) && route.method != "DELETE" && !isAccepted(route, call.request)) {
        return unsupportedMediaType(acceptedType(route));
    }
    const auto dryRun = call.query("dry_run");
    if (!dryRun.empty() && dryRun != "true" && dryRun != "false") {
        return problemResponse(invalidArgument("dry_run must be true or false", "dry_run"));
    }
    call.dryRun = dryRun == "true";
    if (!call.request.header("if-match").empty() && route.accepts.empty() && !preconditionHolds(call)) {
        return preconditionFailed();
    }
    auto result = runOnce(route, call);
    HttpResponse response = result ? std::move(result).value() : problemResponse(result.error());
    if (isChange(route.method) && !call.dryRun) {
        audit(services_.store, call.identity,
              {.action = std::string(route.method) + " " + std::string(route.path),
               .subject = call.request.path,
               .from = call.request.peer,
               .status = response.status,
               .detail = call.auditDetail});
    }
    return response;
}

Result<HttpResponse> Dispatcher::runOnce(const Route& route, Call& call) {
    const std::string key(call.request.header("idempotency-key"));
    if (key.empty() || route.method != "POST" || call.dryRun || !route.accepts.empty()) return route.handler(call);
    if (key.size() > kMaximumIdempotencyKey) {
        return invalidArgument("Idempotency-Key must have at most 255 characters", "Idempotency-Key");
    }
    Store& store = services_.store;
    const auto& scope = call.identity.subject;
    const auto fingerprint = sha256Hex(call.request.method + " " + call.request.path + "\n" + call.request.body);
    const auto claim = store.claimIdempotencyKey(scope, key, fingerprint);
    if (!claim) return claim.error();
    switch (claim->state) {
        case IdempotencyClaim::State::InProgress: return conflict("a request with this Idempotency-Key is running");
        case IdempotencyClaim::State::Mismatch:
            return unsupported("this Idempotency-Key was used for another request", "Idempotency-Key");
        case IdempotencyClaim::State::Done: {
            HttpResponse again = jsonResponse(claim->reply.status, Json());
            again.body = claim->reply.body;
            if (!claim->reply.location.empty()) again.with("Location", claim->reply.location);
            return again;
        }
        case IdempotencyClaim::State::Fresh: break;
    }
    auto result = route.handler(call);
    const auto kept =
        result ? store.completeIdempotencyKey(scope, key, {result->status, headerOf(*result, "Location"), result->body})
               : store.releaseIdempotencyKey(scope, key);
    if (!kept) return kept.error();
    return result;
}

bool Dispatcher::preconditionHolds(const Call& call) {
    if (call.request.method != "PATCH" && call.request.method != "DELETE") return true;
    const std::string wanted(call.request.header("if-match"));
    if (wanted == "*") return true;
    for (const Route& route : routes()) {
        if (route.method != "GET" || !matchPath(route.path, call.request.path)) continue;
        Call read = call;
        const auto now = route.handler(read);
        if (!now) return true;  // the handler says what is wrong
        return wanted.find(headerOf(*now, "ETag")) != std::string::npos;
    }
    return true;
}

HttpResponse Dispatcher::preflight(const HttpRequest& request) {
    const auto allowed = allowedMethods(request.path);
    if (allowed.empty()) return problemResponse(notFound("there is nothing at " + request.path));
    HttpResponse response = noContent();
    response.with("Allow", allowed);
    const bool signalling = request.path.starts_with("/whip/") || request.path.starts_with("/whep/");
    if (signalling) response.with("Accept-Post", "application/sdp");
    if (!request.header("access-control-request-method").empty()) {
        response.with("Access-Control-Allow-Methods", allowed)
            .with("Access-Control-Allow-Headers",
                  "Authorization, Content-Type, If-Match, If-None-Match, If-Range, Range, Idempotency-Key")
            .with("Access-Control-Max-Age", "600");
    }
    return response;
}

void Dispatcher::addCors(const HttpRequest& request, HttpResponse& response) const {
    const std::string origin(request.header("origin"));
    if (origin.empty()) return;
    const auto& allowed = services_.config.http.corsOrigins;
    const bool all = std::find(allowed.begin(), allowed.end(), "*") != allowed.end();
    if (!all && std::find(allowed.begin(), allowed.end(), origin) == allowed.end()) return;
    response.with("Access-Control-Allow-Origin", all ? "*" : origin)
        .with("Access-Control-Expose-Headers",
              "Location, ETag, Link, Accept-Patch, Retry-After, Content-Range, Content-Disposition")
        .with("Vary", "Origin");
}

}  // namespace tessera
