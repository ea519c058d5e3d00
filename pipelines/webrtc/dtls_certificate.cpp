#include "pipelines/webrtc/dtls_certificate.h"

#include <array>
#include <cstdint>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

namespace tessera {
namespace {

struct PkeyDeleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, PkeyDeleter>;
struct X509Deleter {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using X509Ptr = std::unique_ptr<X509, X509Deleter>;

constexpr long kDay = 24 * 60 * 60;

/// Authenticated encryption with forward secrecy alone. @source RFC 8827 section 6.5, RFC 9325 section 4.2
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
/// In the order of preference. @source RFC 5764 section 4.1.2, RFC 7714 section 14.2
constexpr const char* kSrtpProfiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

const EVP_MD* digestOf(const std::string& algorithm) {
    if (algorithm == "sha-256") return EVP_sha256();
    if (algorithm == "sha-384") return EVP_sha384();
    if (algorithm == "sha-512") return EVP_sha512();
    return nullptr;
}

X509Ptr selfSign(EVP_PKEY* key) {
    X509Ptr certificate(X509_new());
    std::uint64_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 365 * kDay);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("WebRTC"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_set_pubkey(certificate.get(), key);
    if (X509_sign(certificate.get(), key, EVP_sha256()) == 0) return nullptr;
    return certificate;
}

}  // namespace

Result<Fingerprint> fingerprintOf(const X509* certificate, const std::string& algorithm) {
    const EVP_MD* digest = digestOf(algorithm);
    if (!digest)
        return unsupported("the fingerprint algorithm " + algorithm + " is not supported; use sha-256", "offer");
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    if (X509_digest(certificate, digest, bytes.data(), &length) != 1) return internalError("X509_digest failed");
    static constexpr char kHex[] = "0123456789ABCDEF";
    Fingerprint fingerprint{algorithm, {}};
    for (unsigned i = 0; i < length; ++i) {
        if (i > 0) fingerprint.value += ':';
        fingerprint.value += kHex[bytes[i] >> 4U];
        fingerprint.value += kHex[bytes[i] & 15U];
    }
    return fingerprint;
}

Result<std::unique_ptr<DtlsCertificate>> DtlsCertificate::create() {
    PkeyPtr key(EVP_EC_gen("P-256"));
    const X509Ptr certificate = key ? selfSign(key.get()) : nullptr;
    if (!certificate) return internalError("OpenSSL makes no certificate");
    auto fingerprint = fingerprintOf(certificate.get(), "sha-256");
    if (!fingerprint.ok()) return fingerprint.error();

    std::unique_ptr<DtlsCertificate> result(new DtlsCertificate);
    result->fingerprint_ = *std::move(fingerprint);
    result->context_.reset(SSL_CTX_new(DTLS_method()));
    SSL_CTX* context = result->context_.get();
    // SSL_CTX_set_tlsext_use_srtp answers 0 for success.
    if (!context || SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, kCiphers) != 1 ||
        SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1 ||
        SSL_CTX_set_tlsext_use_srtp(context, kSrtpProfiles) != 0 ||
        SSL_CTX_use_certificate(context, certificate.get()) != 1 || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
        return internalError("OpenSSL refuses the DTLS settings");
    }
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return result;
}

}  // namespace tessera
