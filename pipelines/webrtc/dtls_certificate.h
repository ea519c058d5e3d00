#pragma once

#include <memory>
#include <openssl/ssl.h>
#include <string>

#include "mcu/base/result.h"

namespace tessera {

/// A certificate's digest as in a=fingerprint. @source RFC 8122 section 5
struct Fingerprint {
    std::string algorithm;  ///< lower case: "sha-256", "sha-384", "sha-512"
    std::string value;      ///< upper-case hexadecimal bytes with colons between

    bool operator==(const Fingerprint&) const = default;
};

struct SslContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, SslContextDeleter>;

/// The fingerprint of a certificate.
/// @error unsupported: another algorithm than SHA-2 with 256 bits or more (RFC 8122 section 5 forbids MD5 and MD2;
/// SHA-1
///        is broken)
Result<Fingerprint> fingerprintOf(const X509* certificate, const std::string& algorithm);

/// Our side of every DTLS association of the process: one self-signed ECDSA P-256 certificate, valid for a year, and
/// the context that uses it.
/// @source RFC 8827 section 6.5
class DtlsCertificate {
public:
    static Result<std::unique_ptr<DtlsCertificate>> create();

    const Fingerprint& fingerprint() const { return fingerprint_; }
    SSL_CTX* context() const { return context_.get(); }

private:
    DtlsCertificate() = default;

    SslContextPtr context_;
    Fingerprint fingerprint_;
};

}  // namespace tessera
