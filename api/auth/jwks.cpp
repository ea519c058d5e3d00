#include "api/auth/jwks.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "api/auth/digest.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaximumJwksBytes = 256U << 10U;
constexpr std::size_t kMaximumKeys = 64;
// RFC 7518 section 3.3 asks for 2048 bits or more; above 8192 one check would cost a caller nothing and us
// milliseconds.
constexpr int kMinimumRsaBits = 2048;
constexpr int kMaximumRsaBits = 8192;
constexpr std::size_t kP256CoordinateBytes = 32;

template <auto Function>
struct Freeing {
    template <typename T>
    void operator()(T* value) const {
        Function(value);
    }
};
using BigNumber = std::unique_ptr<BIGNUM, Freeing<BN_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freeing<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>>;

const unsigned char* bytesOf(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

BigNumber toBigNumber(std::string_view bytes) {
    return BigNumber(BN_bin2bn(bytesOf(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::shared_ptr<EVP_PKEY> toPublicKey(const char* type, OSSL_PARAM_BLD* builder) {
    const Params params(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        return nullptr;
    }
    return {key, EVP_PKEY_free};
}

std::string member(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::shared_ptr<EVP_PKEY> rsaKey(const Json& jwk) {
    const auto n = fromBase64Url(member(jwk, "n"));
    const auto e = fromBase64Url(member(jwk, "e"));
    if (!n || !e || n->empty() || e->empty() || n->size() > kMaximumRsaBits / 8 + 1 || e->size() > 8) return nullptr;
    const auto modulus = toBigNumber(*n);
    const auto exponent = toBigNumber(*e);
    const int bits = BN_num_bits(modulus.get());
    if (bits < kMinimumRsaBits || bits > kMaximumRsaBits || !BN_is_odd(exponent.get())) return nullptr;
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
        return nullptr;
    }
    return toPublicKey("RSA", builder.get());
}

std::shared_ptr<EVP_PKEY> ecKey(const Json& jwk) {
    const auto x = fromBase64Url(member(jwk, "x"));
    const auto y = fromBase64Url(member(jwk, "y"));
    if (!x || !y || x->size() != kP256CoordinateBytes || y->size() != kP256CoordinateBytes) return nullptr;
    const std::string point = "\x04" + *x + *y;  // SEC 1 section 2.3.3: uncompressed
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
        return nullptr;
    }
    auto key = toPublicKey("EC", builder.get());
    if (!key) return nullptr;
    // A point that is not on the curve would be an attack on us, or a damaged file.
    const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    return check && EVP_PKEY_public_check(check.get()) == 1 ? key : nullptr;
}

bool isForSigning(const Json& jwk) {
    return !jwk.contains("use") || member(jwk, "use") == "sig";
}

/// Skips what is not for us; fails for what claims to be and is damaged.
Status addKey(const Json& jwk, Jwks& jwks) {
    if (!jwk.is_object()) return invalidArgument("a key of the JWK set is not an object");
    const auto type = member(jwk, "kty");
    const auto algorithm = member(jwk, "alg");
    if (!isForSigning(jwk)) return kOk;
    VerificationKey key;
    key.keyId = member(jwk, "kid");
    if (type == "RSA" && (algorithm.empty() || algorithm == "RS256")) {
        key.algorithm = JwtAlgorithm::Rs256;
        key.key = rsaKey(jwk);
    } else if (type == "EC" && member(jwk, "crv") == "P-256" && (algorithm.empty() || algorithm == "ES256")) {
        key.algorithm = JwtAlgorithm::Es256;
        key.key = ecKey(jwk);
    } else {
        return kOk;
    }
    if (!key.key)
        return invalidArgument("a key of the JWK set is damaged or of the wrong size: kid \"" + key.keyId + "\"");
    jwks.keys.push_back(std::move(key));
    return kOk;
}

/// RFC 7518 section 3.4 gives r and s of 32 bytes each; OpenSSL wants them in DER.
std::string toDer(std::string_view signature) {
    if (signature.size() != 2 * kP256CoordinateBytes) return {};
    const EcSignature value(ECDSA_SIG_new());
    auto r = toBigNumber(signature.substr(0, kP256CoordinateBytes));
    auto s = toBigNumber(signature.substr(kP256CoordinateBytes));
    if (!value || ECDSA_SIG_set0(value.get(), r.release(), s.release()) != 1) return {};
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(value.get(), &der);
    if (length <= 0) return {};
    std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
    OPENSSL_free(der);
    return out;
}

}  // namespace

std::string_view toString(JwtAlgorithm algorithm) {
    switch (algorithm) {
        case JwtAlgorithm::Hs256: return "HS256";
        case JwtAlgorithm::Rs256: return "RS256";
        case JwtAlgorithm::Es256: return "ES256";
    }
    return "";
}

Result<Jwks> parseJwks(std::string_view json) {
    if (json.size() > kMaximumJwksBytes) return invalidArgument("the JWK set is larger than 256 KiB");
    const auto document = Json::parse(json, nullptr, false);
    const auto keys = document.is_object() ? document.find("keys") : document.end();
    if (keys == document.end() || !keys->is_array()) return invalidArgument("not a JWK set: no array \"keys\"");
    if (keys->size() > kMaximumKeys) return invalidArgument("the JWK set has more than 64 keys");
    Jwks jwks;
    for (const auto& key : *keys) TESSERA_TRY(addKey(key, jwks));
    if (jwks.keys.empty()) return invalidArgument("the JWK set has no key for RS256 or ES256");
    return jwks;
}

Result<Jwks> loadJwks(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kMaximumJwksBytes + 1, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && !file.eof()) {
        return notFound("the file " + path + " cannot be read");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return parseJwks(text);
}

bool verifySignature(const VerificationKey& key, std::string_view bytes, std::string_view signature) {
    const std::string der = key.algorithm == JwtAlgorithm::Es256 ? toDer(signature) : std::string(signature);
    if (der.empty()) return false;
    const DigestContext context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytesOf(der), der.size(), bytesOf(bytes), bytes.size()) == 1;
}

}  // namespace tessera
