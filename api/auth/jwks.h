#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY, which only the source file sees

namespace tessera {

enum class JwtAlgorithm { Hs256, Rs256, Es256 };
std::string_view toString(JwtAlgorithm algorithm);

/// One public key, good for exactly one algorithm.
struct VerificationKey {
    std::string keyId;  ///< `kid`; may be empty
    JwtAlgorithm algorithm = JwtAlgorithm::Rs256;
    std::shared_ptr<evp_pkey_st> key;
};

/// A set of public keys. RSA of 2048 to 8192 bits for RS256 and P-256 for ES256; other keys in the file are skipped, as
/// RFC 7517 section 5 asks.
struct Jwks {
    std::vector<VerificationKey> keys;
};

/// @error invalid_argument: over 256 KiB or 64 keys, not a JWK set, a damaged key, or none that can be used
/// @source RFC 7517 section 5, RFC 7518 sections 6.2.1 and 6.3.1
Result<Jwks> parseJwks(std::string_view json);

/// @error not_found: the file cannot be read; and those of parseJwks
Result<Jwks> loadJwks(const std::string& path);

/// Whether `signature` (as in a JWS: r and s side by side for ES256) over `bytes` was made with `key`.
bool verifySignature(const VerificationKey& key, std::string_view bytes, std::string_view signature);

}  // namespace tessera
