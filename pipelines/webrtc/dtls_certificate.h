#pragma once

#include <memory>
#include <openssl/ssl.h>
#include <string>

#include "mcu/base/result.h"

namespace tessera {

struct SslContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, SslContextDeleter>;

/// The SHA-256 fingerprint of a certificate: upper-case hexadecimal pairs with colons between; empty when OpenSSL
/// fails.
/// @source RFC 8122 section 5
std::string fingerprintOf(const X509* certificate);

/// Judges the peer's certificate while a handshake runs. Every SSL of DtlsCertificate::context carries one as its app
/// data (SSL_set_app_data); without one no certificate is accepted.
class CertificateVerifier {
public:
    virtual ~CertificateVerifier() = default;
    virtual bool isExpected(const X509* certificate) = 0;
};

/// Our side of every DTLS association of the process: one self-signed ECDSA P-256 certificate, valid for a year, and
/// the context that uses it.
/// @source RFC 8827 section 6.5
class DtlsCertificate {
public:
    static Result<std::unique_ptr<DtlsCertificate>> create();

    const std::string& fingerprint() const { return fingerprint_; }
    SSL_CTX* context() const { return context_.get(); }

private:
    DtlsCertificate() = default;

    SslContextPtr context_;
    std::string fingerprint_;
};

}  // namespace tessera
