#include "api/auth/jwt.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "api/auth/digest.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

Error refused(std::string why) {
    return {ErrorCode::Unauthorized, "the token is refused: " + std::move(why), {}};
}

struct Parts {
    std::string_view signedBytes;  ///< header and payload with the dot between them
    std::string_view header, payload, signature;
};

std::optional<Parts> split(std::string_view token) {
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    return Parts{token.substr(0, second), token.substr(0, first), token.substr(first + 1, second - first - 1),
                 token.substr(second + 1)};
}

/// Allows each member once (RFC 7519 section 4) and little nesting, so that no deep document eats the stack.
std::optional<Json> parseObject(std::string_view encoded) {
    constexpr int kMaximumDepth = 4;
    const auto text = fromBase64Url(encoded);
    if (!text) return std::nullopt;
    bool acceptable = true;
    std::vector<std::vector<std::string>> names(1);
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > kMaximumDepth) acceptable = false;
        if (event == Json::parse_event_t::object_start) names.emplace_back();
        if (event == Json::parse_event_t::object_end && names.size() > 1) names.pop_back();
        if (event == Json::parse_event_t::key) {
            auto& seen = names.back();
            const auto name = parsed.get<std::string>();
            if (std::find(seen.begin(), seen.end(), name) != seen.end()) acceptable = false;
            seen.push_back(name);
        }
        return acceptable;
    };
    auto document = Json::parse(*text, watch, false);
    if (!acceptable || !document.is_object()) return std::nullopt;
    return document;
}

/// A text member; nothing when it is absent, an error when it is something else.
Status readText(const Json& object, const char* name, std::string& value) {
    constexpr std::size_t kMaximumClaimBytes = 256;
    const auto found = object.find(name);
    if (found == object.end()) return kOk;
    if (!found->is_string()) return refused("\"" + std::string(name) + "\" is not a text");
    value = found->get<std::string>();
    if (value.size() > kMaximumClaimBytes) return refused("\"" + std::string(name) + "\" is too long");
    return kOk;
}

// RFC 7519 section 2 allows fractions of a second; past 2^53 a number is nobody's expiry.
Status readTime(const Json& object, const char* name, std::optional<double>& value) {
    const auto found = object.find(name);
    if (found == object.end()) return kOk;
    if (!found->is_number()) return refused("\"" + std::string(name) + "\" is not a number");
    value = found->get<double>();
    if (!(*value >= 0 && *value <= 9007199254740992.0)) return refused("\"" + std::string(name) + "\" is out of range");
    return kOk;
}

bool signatureFits(const Json& header, const Parts& parts, const JwtPolicy& policy) {
    const auto algorithm = header.value("alg", Json());
    const auto signature = fromBase64Url(parts.signature);
    if (!algorithm.is_string() || !signature) return false;
    if (algorithm == toString(JwtAlgorithm::Hs256)) {
        return !policy.secret.empty() && equalInConstantTime(hmacSha256(policy.secret, parts.signedBytes), *signature);
    }
    if (policy.keys == nullptr) return false;
    const auto keyId = header.value("kid", Json());
    for (const auto& key : policy.keys->keys) {
        if (algorithm != toString(key.algorithm)) continue;
        if (keyId.is_string() && !key.keyId.empty() && keyId != key.keyId) continue;
        if (verifySignature(key, parts.signedBytes, *signature)) return true;
    }
    return false;
}

bool audienceFits(const Json& claims, const std::string& audience) {
    const auto found = claims.find("aud");
    if (found == claims.end()) return false;
    if (found->is_string()) return *found == audience;
    return found->is_array() && std::find(found->begin(), found->end(), Json(audience)) != found->end();
}

Status checkTimes(const Json& claims, std::int64_t now, std::int64_t& expiresAt) {
    std::optional<double> expiry;
    std::optional<double> notBefore;
    TESSERA_TRY(readTime(claims, "exp", expiry));
    TESSERA_TRY(readTime(claims, "nbf", notBefore));
    if (!expiry) return refused("\"exp\" is missing");
    if (*expiry + kTokenLeewaySeconds <= static_cast<double>(now)) return refused("it has expired");
    if (notBefore && *notBefore - kTokenLeewaySeconds > static_cast<double>(now)) return refused("it is not valid yet");
    expiresAt = static_cast<std::int64_t>(*expiry);
    return kOk;
}

bool isPrintable(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

Status readIdentity(const Json& claims, JwtClaims& out) {
    std::string role;
    TESSERA_TRY(readText(claims, "sub", out.subject));
    TESSERA_TRY(readText(claims, "name", out.name));
    TESSERA_TRY(readText(claims, "meeting", out.meeting));
    TESSERA_TRY(readText(claims, "role", role));
    TESSERA_TRY(readText(claims, "scope", out.scope));
    if (out.subject.empty() || !isPrintable(out.subject)) return refused("\"sub\" is missing");
    if (!isPrintable(out.name)) return refused("\"name\" holds control characters");
    if (!claims.contains("meeting")) return refused("\"meeting\" is missing");
    if (out.meeting != "*" && !isSafeName(out.meeting)) return refused("\"meeting\" is not an id");
    const auto known = roleFromString(role);
    if (!known) return refused("\"role\" is missing or unknown");
    out.role = *known;
    if (out.name.empty()) out.name = out.subject;
    return kOk;
}

}  // namespace

Result<JwtClaims> verifyJwt(std::string_view token, const JwtPolicy& policy) {
    if (token.size() > kMaximumTokenBytes) return refused("it is larger than 8 KiB");
    const auto parts = split(token);
    if (!parts) return refused("it is not a JWT");
    const auto header = parseObject(parts->header);
    if (!header) return refused("its header is malformed");
    // Nothing of the payload is read before the signature fits.
    if (header->contains("crit") || !signatureFits(*header, *parts, policy)) {
        return refused("its signature or algorithm is not accepted here");
    }
    const auto claims = parseObject(parts->payload);
    if (!claims) return refused("its payload is malformed");
    std::string issuer;
    TESSERA_TRY(readText(*claims, "iss", issuer));
    if (issuer != policy.issuer) return refused("\"iss\" is missing or wrong");
    if (!audienceFits(*claims, policy.audience)) return refused("\"aud\" is missing or wrong");
    JwtClaims result;
    TESSERA_TRY(checkTimes(*claims, policy.now, result.expiresAt));
    TESSERA_TRY(readIdentity(*claims, result));
    return result;
}

std::string signJwt(const JwtClaims& claims, const JwtPolicy& policy) {
    const Json header{{"alg", toString(JwtAlgorithm::Hs256)}, {"typ", "JWT"}};
    Json payload{{"iss", policy.issuer}, {"aud", policy.audience},    {"sub", claims.subject},
                 {"name", claims.name},  {"meeting", claims.meeting}, {"role", toString(claims.role)},
                 {"iat", policy.now},    {"exp", claims.expiresAt}};
    if (!claims.scope.empty()) payload["scope"] = claims.scope;
    const auto replace = Json::error_handler_t::replace;
    const auto bytes = toBase64Url(header.dump()) + "." + toBase64Url(payload.dump(-1, ' ', false, replace));
    return bytes + "." + toBase64Url(hmacSha256(policy.secret, bytes));
}

}  // namespace tessera
