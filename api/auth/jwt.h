#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mcu/base/result.h"
#include "mcu/meeting/meeting_types.h"

#include "api/auth/jwks.h"

namespace tessera {

/// What a token says.
struct JwtClaims {
    std::string subject;
    std::string name;
    std::string meeting = "*";
    Role role = Role::Participant;
    std::string scope;
    std::int64_t expiresAt = 0;  ///< seconds since 1970
};

/// What a token is checked against.
struct JwtPolicy {
    std::string secret;          ///< of HS256; empty = HS256 is refused
    const Jwks* keys = nullptr;  ///< of RS256 and ES256; null or empty = these are refused
    std::string issuer;
    std::string audience;
    std::int64_t now = 0;  ///< seconds since 1970
};

inline constexpr std::size_t kMaximumTokenBytes = 8192;
/// Clocks of two machines may differ by this much; over a minute would make short tokens meaningless.
inline constexpr std::int64_t kTokenLeewaySeconds = 30;

/// Checks a compact JWS completely: size, algorithm, signature, `iss`, `aud`, `exp`, `nbf`, and the claims' types.
///
/// The algorithm comes from the configured key, never from the token alone: HS256 is checked with the secret only,
/// RS256 and ES256 with keys of that type only, so that a token signed with a public key's text as HMAC secret is
/// refused, as is `none`. Tokens with `crit` are refused.
///
/// @error unauthorized: one sentence that tells the honest caller what to fix, and not what a signature should have
/// been
/// @source RFC 7515 section 5.2, RFC 7519 section 7.2, RFC 8725 sections 3.1, 3.2, 3.8 and 3.9
Result<JwtClaims> verifyJwt(std::string_view token, const JwtPolicy& policy);

/// Makes an HS256 token.
std::string signJwt(const JwtClaims& claims, const JwtPolicy& policy);

}  // namespace tessera
