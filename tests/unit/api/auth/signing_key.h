#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string>

#include "mcu/base/check.h"

#include "api/auth/digest.h"

namespace tessera {

/// A private key that signs tokens as an identity provider would; RSA or P-256.
class SigningKey {
public:
    static SigningKey rsa(unsigned bits = 2048) { return SigningKey(EVP_RSA_gen(bits), "RS256"); }
    static SigningKey p256() { return SigningKey(EVP_EC_gen("P-256"), "ES256"); }

    nlohmann::json jwk(const std::string& keyId) const {
        if (algorithm_ == "RS256") {
            return {{"kty", "RSA"},
                    {"use", "sig"},
                    {"kid", keyId},
                    {"n", number(OSSL_PKEY_PARAM_RSA_N)},
                    {"e", number(OSSL_PKEY_PARAM_RSA_E)}};
        }
        return {{"kty", "EC"},
                {"crv", "P-256"},
                {"kid", keyId},
                {"x", number(OSSL_PKEY_PARAM_EC_PUB_X, 32)},
                {"y", number(OSSL_PKEY_PARAM_EC_PUB_Y, 32)}};
    }

    std::string publicPem() const {
        const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new(BIO_s_mem()), BIO_free);
        TESSERA_CHECK(PEM_write_bio_PUBKEY(memory.get(), key_.get()) == 1);
        char* text = nullptr;
        const auto length = BIO_get_mem_data(memory.get(), &text);
        return {text, static_cast<std::size_t>(length)};
    }

    std::string sign(nlohmann::json header, const nlohmann::json& claims) const {
        header.emplace("alg", algorithm_);
        const auto bytes = toBase64Url(header.dump()) + "." + toBase64Url(claims.dump());
        const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        TESSERA_CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
        std::size_t length = 1024;
        std::string signature(length, '\0');
        TESSERA_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1);
        signature.resize(length);
        return bytes + "." + toBase64Url(algorithm_ == "ES256" ? toFlat(signature) : signature);
    }

private:
    SigningKey(EVP_PKEY* key, std::string algorithm) : key_(key, EVP_PKEY_free), algorithm_(std::move(algorithm)) {
        TESSERA_CHECK(key != nullptr);
    }

    std::string number(const char* name, int width = 0) const {
        BIGNUM* value = nullptr;
        TESSERA_CHECK(EVP_PKEY_get_bn_param(key_.get(), name, &value) == 1);
        std::string bytes(static_cast<std::size_t>(width > 0 ? width : BN_num_bytes(value)), '\0');
        BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
        BN_free(value);
        return toBase64Url(bytes);
    }

    static std::string toFlat(const std::string& der) {
        const auto* at = reinterpret_cast<const unsigned char*>(der.data());
        const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> value(
            d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
        std::string flat(64, '\0');
        auto* bytes = reinterpret_cast<unsigned char*>(flat.data());
        BN_bn2binpad(ECDSA_SIG_get0_r(value.get()), bytes, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(value.get()), bytes + 32, 32);
        return flat;
    }

    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
    std::string algorithm_;
};

}  // namespace tessera
