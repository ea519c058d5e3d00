#include "api/auth.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "mcu/base/ids.h"

#include "api/auth/digest.h"
#include "api/auth/jwt.h"

namespace tessera {
namespace {

constexpr std::string_view kScheme = "Bearer ";
constexpr std::chrono::seconds kLongestToken = std::chrono::hours(24 * 30);

Error unauthorized(std::string message) {
    return {ErrorCode::Unauthorized, std::move(message), {}};
}

bool equalIgnoringCase(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

JwtPolicy policyOf(const Config::Auth& config, const Jwks& jwks, std::int64_t now) {
    return {config.jwtSecret, &jwks, config.issuer, config.audience, now};
}

Status checkRequest(const TokenRequest& request) {
    if (request.meeting != "*" && !isSafeName(request.meeting)) {
        return invalidArgument("meeting must be an id, or * for all", "meeting");
    }
    if (request.ttl < std::chrono::seconds(1) || request.ttl > kLongestToken) {
        return invalidArgument("a token lives for one second to 30 days", "ttl");
    }
    const auto isText = [](const std::string& text) {
        return text.size() <= 128 && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; });
    };
    if (!isText(request.name)) return invalidArgument("a name has at most 128 characters", "name");
    if (!isText(request.subject)) return invalidArgument("a subject has at most 128 characters", "subject");
    return kOk;
}

}  // namespace

std::string_view toString(Via via) {
    switch (via) {
        case Via::Open: return "open";
        case Via::Token: return "token";
        case Via::Key: return "key";
    }
    return "";
}

std::int64_t wallClockSeconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Result<std::unique_ptr<Authenticator>> Authenticator::create(const Config::Auth& config, KeyLookup keys,
                                                             bool hasStoredKeys, WallClock clock) {
    std::unique_ptr<Authenticator> authenticator(new Authenticator());
    authenticator->keys_ = std::move(keys);
    authenticator->clock_ = std::move(clock);
    authenticator->config_ = config;
    if (!config.jwksFile.empty()) {
        auto jwks = loadJwks(config.jwksFile);
        if (!jwks) return invalidArgument("auth.jwks_file: " + jwks.error().message, "auth.jwks_file");
        authenticator->jwks_ = std::move(*jwks);
    }
    if (!config.apiKey.empty()) authenticator->bootstrapKeyHash_ = hashApiKey(config.apiKey);
    authenticator->open_ =
        config.jwtSecret.empty() && config.jwksFile.empty() && config.apiKey.empty() && !hasStoredKeys;
    return authenticator;
}

Result<Identity> Authenticator::authenticate(std::string_view authorization) const {
    if (open_) return Identity{"local", "local", Role::Admin, "*", Via::Open};
    if (authorization.empty()) return unauthorized("a credential is needed: Authorization: Bearer <token or API key>");
    // RFC 9110 section 11.1: the scheme's case does not matter.
    if (authorization.size() <= kScheme.size() ||
        !equalIgnoringCase(authorization.substr(0, kScheme.size()), kScheme)) {
        return unauthorized("the Authorization header is not \"Bearer <token or API key>\"");
    }
    const auto credential = authorization.substr(kScheme.size());
    if (credential.size() > kMaximumTokenBytes) return unauthorized("the credential is larger than 8 KiB");
    const bool isBootstrapKey =
        !bootstrapKeyHash_.empty() && equalInConstantTime(hashApiKey(credential), bootstrapKeyHash_);
    if (isBootstrapKey) return Identity{"key_configured", "admin", Role::Admin, "*", Via::Key};
    return credential.starts_with(kApiKeyPrefix) ? authenticateKey(credential) : authenticateToken(credential);
}

Result<Identity> Authenticator::authenticateKey(std::string_view key) const {
    const Error unknown = unauthorized("the API key is not known");
    if (!keys_) return unknown;
    const auto hash = hashApiKey(key);
    const auto found = keys_(hash);
    if (!found) return found.error();
    // The index found it by the hash: what its timing tells is about a digest that the caller cannot steer.
    if (!*found || !equalInConstantTime((*found)->hash, hash)) return unknown;
    const StoredKey& stored = **found;
    return Identity{stored.id, stored.name.empty() ? stored.id : stored.name, stored.role, stored.meeting, Via::Key};
}

Result<Identity> Authenticator::authenticateToken(std::string_view token) const {
    const auto claims = verifyJwt(token, policyOf(config_, jwks_, clock_()));
    if (!claims) return claims.error();
    return Identity{claims->subject, claims->name, claims->role, claims->meeting, Via::Token};
}

Result<MintedToken> Authenticator::mint(const TokenRequest& request) const {
    if (config_.jwtSecret.empty()) return unsupported("tokens are minted only with auth.jwt_secret set");
    TESSERA_TRY(checkRequest(request));
    JwtClaims claims;
    claims.subject = request.subject.empty() ? "usr_" + randomToken() : request.subject;
    claims.name = request.name.empty() ? claims.subject : request.name;
    claims.meeting = request.meeting;
    claims.role = request.role;
    const auto now = clock_();
    claims.expiresAt = now + request.ttl.count();
    return MintedToken{signJwt(claims, policyOf(config_, jwks_, now)), claims.subject, claims.expiresAt};
}

Result<MintedToken> Authenticator::mintFor(const Identity& caller, const TokenRequest& request) const {
    TESSERA_TRY(authorize(caller, Right::MintToken, request.meeting == "*" ? "" : request.meeting));
    if (request.role < caller.role) {
        return Error{ErrorCode::Forbidden,
                     "a " + std::string(toString(caller.role)) + " cannot make a token for the role " +
                         std::string(toString(request.role)),
                     "role"};
    }
    return mint(request);
}

}  // namespace tessera
