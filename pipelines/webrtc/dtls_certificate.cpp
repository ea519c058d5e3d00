#include "pipelines/webrtc/dtls_certificate.h"

#include <array>
#include <cstdint>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

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

int verifyCertificate(X509_STORE_CTX* store, void*) {
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* verifier = static_cast<CertificateVerifier*>(SSL_get_app_data(ssl));
    const X509* certificate = X509_STORE_CTX_get0_cert(store);
    const bool isAccepted = verifier && certificate && verifier->isExpected(certificate);
    X509_STORE_CTX_set_error(store, isAccepted ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
    return isAccepted ? 1 : 0;
}

}  // namespace

std::string fingerprintOf(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    if (X509_digest(certificate, EVP_sha256(), bytes.data(), &length) != 1) return {};
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string fingerprint;
    for (unsigned i = 0; i < length; ++i) {
        if (i > 0) fingerprint += ':';
        fingerprint += kHex[bytes[i] >> 4U];
        fingerprint += kHex[bytes[i] & 15U];
    }
    return fingerprint;
}

Result<std::unique_ptr<DtlsCertificate>> DtlsCertificate::create() {
    PkeyPtr key(EVP_EC_gen("P-256"));
    const X509Ptr certificate = key ? selfSign(key.get()) : nullptr;
    if (!certificate) return internalError("OpenSSL makes no certificate");
    std::unique_ptr<DtlsCertificate> result(new DtlsCertificate);
    result->fingerprint_ = fingerprintOf(certificate.get());
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
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(context, &verifyCertificate, nullptr);
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return result;
}

}  // namespace tessera
