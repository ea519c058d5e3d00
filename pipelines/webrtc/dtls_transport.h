#pragma once

#include <cstdint>
#include <memory>
#include <openssl/ssl.h>
#include <span>
#include <string>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/webrtc/dtls_certificate.h"
#include "pipelines/webrtc/event_loop.h"
#include "pipelines/webrtc/srtp/srtp_session.h"

namespace tessera {

enum class DtlsRole { Client, Server };

/// What a DtlsTransport tells its owner, on the loop's thread.
class DtlsListener {
public:
    virtual ~DtlsListener() = default;
    /// Sends one datagram. @param datagram  borrowed for the call
    virtual void onDtlsSend(std::span<const std::uint8_t> datagram) = 0;
    /// Once: the handshake is done and the certificate is the one that the SDP names.
    virtual void onDtlsConnected(const SrtpKeys& keys) = 0;
    /// Once, and nothing after it: the other side said goodbye (ok), or the handshake failed.
    virtual void onDtlsClosed(const Error& reason) = 0;
};

/// One DTLS-SRTP association over somebody else's datagrams. Carries no application data.
///
/// The peer's certificate is compared with the fingerprint while the handshake runs: a wrong one ends the handshake
/// with an alert, and no key is ever exported.
/// @source RFC 5764, RFC 6347 (DTLS 1.2), RFC 8122 section 6.2 (fingerprint)
/// @thread the loop's own; may be destroyed in onDtlsClosed of a posted task only, not inside a call of the listener
class DtlsTransport final : private CertificateVerifier {
public:
    /// Largest datagram that the handshake sends: as for RTP, under every common path MTU.
    static constexpr long kMtu = 1200;
    /// A ClientHello with post-quantum keys takes two or three datagrams.
    static constexpr std::size_t kMaxEarly = 8;

    /// @param certificate  outlives the transport
    /// @param fingerprint  SHA-256 of the peer's certificate, as fingerprintOf writes it
    static Result<std::unique_ptr<DtlsTransport>> create(EventLoop& loop, const DtlsCertificate& certificate,
                                                         std::string fingerprint, DtlsListener& listener);
    ~DtlsTransport() override;
    DtlsTransport(const DtlsTransport&) = delete;
    DtlsTransport& operator=(const DtlsTransport&) = delete;

    /// The fingerprint of a peer that was not known at first; before `start`.
    void expect(std::string fingerprint) { fingerprint_ = std::move(fingerprint); }
    /// Begins the handshake; a client sends its first flight. Later calls do nothing.
    void start(DtlsRole role);
    /// Takes a received datagram; kept, kMaxEarly at most, when it comes before `start`.
    void onDatagram(std::span<const std::uint8_t> datagram);
    /// Sends close_notify.
    void close();

private:
    struct SslDeleter {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    struct DatagramBio;
    enum class State { New, Handshaking, Connected, Closed };

    DtlsTransport(EventLoop& loop, std::string fingerprint, DtlsListener& listener);
    void take(std::span<const std::uint8_t> datagram);
    void advance();
    void drain();
    void finishHandshake();
    void fail(const Error& reason);
    void armTimer();
    bool isExpected(const X509* certificate) override;

    // Borrowed
    EventLoop& loop_;
    DtlsListener& listener_;
    // Owned
    std::unique_ptr<SSL, SslDeleter> ssl_;
    LoopTimer timer_;
    // State
    std::string fingerprint_;
    std::vector<std::vector<std::uint8_t>> early_;
    std::span<const std::uint8_t> incoming_;  ///< the datagram that OpenSSL reads next
    State state_ = State::New;
    bool isVerified_ = false;
};

}  // namespace tessera
