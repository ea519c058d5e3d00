#include "pipelines/tls/tls_tunnel.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "mcu/base/sync.h"

#include "pipelines/av/descriptor.h"

namespace tessera {
namespace {

constexpr int kAskMs = 50;
constexpr std::size_t kPieceBytes = 32U << 10U;

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, SslDeleter>;

/// The authorities that this machine trusts.
SSL_CTX* clientContext() {
    static const std::unique_ptr<SSL_CTX, SslDeleter> context = [] {
        std::unique_ptr<SSL_CTX, SslDeleter> made(SSL_CTX_new(TLS_client_method()));
        SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
        SSL_CTX_set_default_verify_paths(made.get());
        SSL_CTX_set_mode(made.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        return made;
    }();
    return context.get();
}

Error unreachable(const TlsTunnel::Server& server, const std::string& why) {
    return {ErrorCode::Unreachable, server.host + ":" + std::to_string(server.port) + ": " + why, {}};
}
Error tooLate(const TlsTunnel::Server& server) {
    return {ErrorCode::Timeout, server.host + ":" + std::to_string(server.port) + ": no answer in time", {}};
}

bool waitFor(int descriptor, short events, const Interrupt& interrupt) {
    while (!interrupt.isDue()) {
        pollfd polled{descriptor, events, 0};
        if (::poll(&polled, 1, kAskMs) > 0) return true;
    }
    return false;
}

Result<Descriptor> connectTo(const TlsTunnel::Server& server, const Interrupt& interrupt) {
    const bool isV6 = !server.address.isV4();
    Descriptor socket(::socket(isV6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) return unreachable(server, std::strerror(errno));
    sockaddr_in6 six{};
    sockaddr_in four{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(server.port);
    std::memcpy(&six.sin6_addr, server.address.bytes.data(), 16);
    four.sin_family = AF_INET;
    four.sin_port = htons(server.port);
    std::memcpy(&four.sin_addr, server.address.bytes.data() + 12, 4);
    const auto* to = isV6 ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four);
    if (::connect(socket.get(), to, isV6 ? sizeof six : sizeof four) != 0 && errno != EINPROGRESS) {
        return unreachable(server, std::strerror(errno));
    }
    if (!waitFor(socket.get(), POLLOUT, interrupt)) return tooLate(server);
    int failed = 0;
    socklen_t size = sizeof failed;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failed, &size);
    if (failed != 0) return unreachable(server, std::strerror(failed));
    return socket;
}

std::string whyNot(const SSL& ssl) {
    const long verified = SSL_get_verify_result(&ssl);
    if (verified != X509_V_OK) return std::string("its certificate: ") + X509_verify_cert_error_string(verified);
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    return std::string("no TLS: ") + text.data();
}

Result<SslPtr> shakeHands(const TlsTunnel::Server& server, int socket, const Interrupt& interrupt) {
    SslPtr ssl(SSL_new(clientContext()));
    SSL_set_fd(ssl.get(), socket);
    SSL_set_verify(ssl.get(), server.isVerified ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    const bool isLiteral = IpAddress::parse(server.host).has_value();
    if (isLiteral) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), server.host.c_str());
    } else {
        SSL_set_tlsext_host_name(ssl.get(), server.host.c_str());
        SSL_set1_host(ssl.get(), server.host.c_str());
    }
    while (true) {
        ERR_clear_error();
        const int done = SSL_connect(ssl.get());
        if (done == 1) return ssl;
        const int wanted = SSL_get_error(ssl.get(), done);
        if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) {
            return unreachable(server, whyNot(*ssl));
        }
        const short events = wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
        if (!waitFor(socket, events, interrupt)) return tooLate(server);
    }
}

/// Bytes that go one way.
struct Piece {
    std::array<std::uint8_t, kPieceBytes> bytes;
    std::size_t begin = 0, end = 0;
    bool isEmpty() const { return begin == end; }
};

class RelayingTunnel final : public TlsTunnel {
public:
    RelayingTunnel(Descriptor remote, SslPtr ssl, Descriptor listener, std::uint16_t port)
        : remote_(std::move(remote)),
          ssl_(std::move(ssl)),
          listener_(std::move(listener)),
          stop_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
          port_(port),
          thread_("tls-tunnel", [this] { run(); }) {}
    ~RelayingTunnel() override {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
        thread_.join();
    }
    std::uint16_t port() const override { return port_; }

private:
    void run();
    bool wait(std::initializer_list<pollfd> polled);
    bool relay();
    bool read(Piece& into, bool isRemote);
    bool write(Piece& from, bool isRemote);

    // Owned
    Descriptor remote_;
    SslPtr ssl_;
    Descriptor listener_, stop_, local_;
    // State
    const std::uint16_t port_;
    Piece up_, down_;  ///< to and from the server
    bool hasMoved_ = false;
    Thread thread_;
};

/// @return false: the tunnel is to end
bool RelayingTunnel::wait(std::initializer_list<pollfd> polled) {
    std::vector<pollfd> all(polled);
    all.push_back({stop_.get(), POLLIN, 0});
    ::poll(all.data(), all.size(), 1000);
    return (all.back().revents & POLLIN) == 0;
}

void RelayingTunnel::run() {
    while (local_.get() < 0) {
        if (!wait({{listener_.get(), POLLIN, 0}})) return;
        local_ = Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    }
    listener_ = Descriptor();
    while (relay()) {
        if (hasMoved_) continue;
        const short local = static_cast<short>((up_.isEmpty() ? POLLIN : 0) | (down_.isEmpty() ? 0 : POLLOUT));
        const short remote = static_cast<short>((down_.isEmpty() ? POLLIN : 0) | (up_.isEmpty() ? 0 : POLLOUT));
        if (!wait({{local_.get(), local, 0}, {remote_.get(), remote, 0}})) break;
    }
    ::shutdown(local_.get(), SHUT_RDWR);
    ::shutdown(remote_.get(), SHUT_RDWR);
}

/// Moves what can be moved. @return false: a side has ended
bool RelayingTunnel::relay() {
    hasMoved_ = false;
    return read(up_, false) && write(up_, true) && read(down_, true) && write(down_, false);
}

bool RelayingTunnel::read(Piece& into, bool isRemote) {
    if (!into.isEmpty()) return true;
    ERR_clear_error();
    const auto size = isRemote ? SSL_read(ssl_.get(), into.bytes.data(), kPieceBytes)
                               : static_cast<int>(::recv(local_.get(), into.bytes.data(), kPieceBytes, 0));
    if (size > 0) {
        into.begin = 0;
        into.end = static_cast<std::size_t>(size);
        hasMoved_ = true;
        return true;
    }
    if (!isRemote) return size < 0 && (errno == EAGAIN || errno == EINTR);
    const int why = SSL_get_error(ssl_.get(), size);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

bool RelayingTunnel::write(Piece& from, bool isRemote) {
    if (from.isEmpty()) return true;
    ERR_clear_error();
    const auto* bytes = from.bytes.data() + from.begin;
    const auto count = from.end - from.begin;
    const auto size = isRemote ? SSL_write(ssl_.get(), bytes, static_cast<int>(count))
                               : static_cast<int>(::send(local_.get(), bytes, count, MSG_NOSIGNAL));
    if (size > 0) {
        from.begin += static_cast<std::size_t>(size);
        hasMoved_ = true;
        return true;
    }
    if (!isRemote) return size < 0 && (errno == EAGAIN || errno == EINTR);
    const int why = SSL_get_error(ssl_.get(), size);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

}  // namespace

Result<std::unique_ptr<TlsTunnel>> TlsTunnel::open(const Server& server, const Interrupt& interrupt) {
    auto remote = connectTo(server, interrupt);
    if (!remote) return remote.error();
    const int on = 1;
    ::setsockopt(remote->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto ssl = shakeHands(server, remote->get(), interrupt);
    if (!ssl) return ssl.error();
    Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof local;
    auto* address = reinterpret_cast<sockaddr*>(&local);
    if (listener.get() < 0 || ::bind(listener.get(), address, size) != 0 || ::listen(listener.get(), 1) != 0 ||
        ::getsockname(listener.get(), address, &size) != 0) {
        return internalError(std::string("there is no port of the loopback: ") + std::strerror(errno));
    }
    return std::unique_ptr<TlsTunnel>(std::make_unique<RelayingTunnel>(
        std::move(remote).value(), std::move(ssl).value(), std::move(listener), ntohs(local.sin_port)));
}

}  // namespace tessera
