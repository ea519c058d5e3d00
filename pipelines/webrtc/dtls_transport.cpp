#include "pipelines/webrtc/dtls_transport.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <utility>

namespace tessera {
namespace {

constexpr const char* kExporterLabel = "EXTRACTOR-dtls_srtp";  // RFC 5764 section 4.2

std::string lastOpenSslError() {
    std::array<char, 256> text{};
    const auto code = ERR_peek_last_error();
    if (code == 0) return "unknown reason";
    ERR_error_string_n(code, text.data(), text.size());
    return text.data();
}

/// Splits exported keying material: client key, server key, client salt, server salt. @source RFC 5764 section 4.2
SrtpKeys splitKeys(SrtpProfile profile, std::span<const std::uint8_t> material, bool weAreClient) {
    const auto keyLength = srtpKeyLength(profile), saltLength = srtpSaltLength(profile);
    const auto side = [&](std::size_t index) {
        const auto key = material.subspan(index * keyLength, keyLength);
        const auto salt = material.subspan(2 * keyLength + index * saltLength, saltLength);
        std::vector<std::uint8_t> result(key.begin(), key.end());
        result.insert(result.end(), salt.begin(), salt.end());
        return result;
    };
    return {profile, side(weAreClient ? 0 : 1), side(weAreClient ? 1 : 0)};
}

}  // namespace

/// The BIO under an SSL: each write is one datagram, each read takes the whole datagram that waits.
struct DtlsTransport::DatagramBio {
    static int write(BIO* bio, const char* bytes, int length) {
        auto* self = static_cast<DtlsTransport*>(BIO_get_data(bio));
        self->listener_.onDtlsSend({reinterpret_cast<const std::uint8_t*>(bytes), static_cast<std::size_t>(length)});
        return length;
    }
    static int read(BIO* bio, char* bytes, int capacity) {
        auto& incoming = static_cast<DtlsTransport*>(BIO_get_data(bio))->incoming_;
        BIO_clear_retry_flags(bio);
        if (incoming.empty()) {
            BIO_set_retry_read(bio);
            return -1;
        }
        const auto length = std::min(incoming.size(), static_cast<std::size_t>(capacity));
        std::memcpy(bytes, incoming.data(), length);
        incoming = {};
        return static_cast<int>(length);
    }
    static long control(BIO*, int command, long, void*) {
        switch (command) {
            case BIO_CTRL_FLUSH: return 1;
            case BIO_CTRL_DGRAM_QUERY_MTU: return kMtu;
            case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD: return 0;  // kMtu counts the datagram's payload alone
            default: return 0;
        }
    }
    static BIO_METHOD* method() {
        static BIO_METHOD* const table = [] {
            BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tessera datagrams");
            BIO_meth_set_write(made, &write);
            BIO_meth_set_read(made, &read);
            BIO_meth_set_ctrl(made, &control);
            return made;
        }();
        return table;
    }
};

DtlsTransport::DtlsTransport(EventLoop& loop, std::string fingerprint, DtlsListener& listener)
    : loop_(loop), listener_(listener), fingerprint_(std::move(fingerprint)) {}

DtlsTransport::~DtlsTransport() = default;

Result<std::unique_ptr<DtlsTransport>> DtlsTransport::create(EventLoop& loop, const DtlsCertificate& certificate,
                                                             std::string fingerprint, DtlsListener& listener) {
    std::unique_ptr<DtlsTransport> transport(new DtlsTransport(loop, std::move(fingerprint), listener));
    transport->ssl_.reset(SSL_new(certificate.context()));
    SSL* ssl = transport->ssl_.get();
    BIO* bio = ssl ? BIO_new(DatagramBio::method()) : nullptr;
    if (!bio) return internalError("OpenSSL gives no DTLS association");
    BIO_set_data(bio, transport.get());
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, static_cast<CertificateVerifier*>(transport.get()));
    SSL_set_mtu(ssl, kMtu);
    return transport;
}

bool DtlsTransport::isExpected(const X509* certificate) {
    isVerified_ = !fingerprint_.empty() && fingerprintOf(certificate) == fingerprint_;
    return isVerified_;
}

void DtlsTransport::start(DtlsRole role) {
    if (state_ != State::New) return;
    state_ = State::Handshaking;
    SSL* ssl = ssl_.get();
    role == DtlsRole::Client ? SSL_set_connect_state(ssl) : SSL_set_accept_state(ssl);
    advance();
    for (const auto& datagram : std::exchange(early_, {})) take(datagram);
}

void DtlsTransport::onDatagram(std::span<const std::uint8_t> datagram) {
    if (state_ != State::New) return take(datagram);
    if (early_.size() < kMaxEarly) early_.emplace_back(datagram.begin(), datagram.end());
}

void DtlsTransport::take(std::span<const std::uint8_t> datagram) {
    if (state_ == State::Closed) return;
    incoming_ = datagram;
    state_ == State::Handshaking ? advance() : drain();
    incoming_ = {};
}

void DtlsTransport::advance() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) return finishHandshake();
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE: armTimer(); return;
        default: break;
    }
    if (SSL_get_verify_result(ssl_.get()) == X509_V_ERR_CERT_REJECTED) {
        return fail({ErrorCode::Forbidden, "the DTLS certificate does not have the fingerprint of the offer", {}});
    }
    fail({ErrorCode::Unreachable, "the DTLS handshake failed: " + lastOpenSslError(), {}});
}

void DtlsTransport::drain() {
    std::array<std::uint8_t, 2048> ignored{};
    ERR_clear_error();
    int result = 0;
    do {  // a datagram can hold several records
        result = SSL_read(ssl_.get(), ignored.data(), ignored.size());
    } while (result > 0);
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE: armTimer(); return;
        case SSL_ERROR_ZERO_RETURN: return fail({ErrorCode::Unreachable, "the peer closed the connection", {}});
        default: return fail({ErrorCode::Unreachable, "the DTLS association broke: " + lastOpenSslError(), {}});
    }
}

void DtlsTransport::finishHandshake() {
    timer_.stop();
    const SRTP_PROTECTION_PROFILE* chosen = SSL_get_selected_srtp_profile(ssl_.get());
    if (!isVerified_) {
        return fail({ErrorCode::Forbidden, "the DTLS certificate was not checked against the offer", {}});
    }
    if (!chosen) return fail({ErrorCode::Unsupported, "the peer and we have no SRTP profile in common", {}});
    const auto profile =
        chosen->id == SRTP_AEAD_AES_128_GCM ? SrtpProfile::AeadAes128Gcm : SrtpProfile::Aes128CmSha1_80;
    std::vector<std::uint8_t> material(2 * (srtpKeyLength(profile) + srtpSaltLength(profile)));
    if (SSL_export_keying_material(ssl_.get(), material.data(), material.size(), kExporterLabel,
                                   std::strlen(kExporterLabel), nullptr, 0, 0) != 1) {
        return fail(internalError("OpenSSL exports no SRTP keys"));
    }
    state_ = State::Connected;
    listener_.onDtlsConnected(splitKeys(profile, material, SSL_is_server(ssl_.get()) == 0));
}

void DtlsTransport::fail(const Error& reason) {
    if (state_ == State::Closed) return;
    state_ = State::Closed;
    timer_.stop();
    listener_.onDtlsClosed(reason);
}

void DtlsTransport::armTimer() {
    timeval left{};
    if (state_ != State::Handshaking || DTLSv1_get_timeout(ssl_.get(), &left) != 1) return timer_.stop();
    const Duration delay = std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
    timer_ = loop_.after(delay, [this] {
        if (DTLSv1_handle_timeout(ssl_.get()) < 0) {
            return fail({ErrorCode::Timeout, "the DTLS handshake was not answered", {}});
        }
        armTimer();
    });
}

void DtlsTransport::close() {
    if (state_ == State::Connected) SSL_shutdown(ssl_.get());
    state_ = State::Closed;
    timer_.stop();
}

}  // namespace tessera
