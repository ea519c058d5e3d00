#include "pipelines/ingest/rtmp/rtmp_server.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <utility>

#include "mcu/base/log.h"
#include "mcu/base/time.h"

#include "pipelines/av/descriptor.h"
#include "pipelines/ingest/rtmp/rtmp_session.h"

namespace tessera {
namespace {

constexpr std::size_t kMostConnections = 256;
constexpr std::size_t kMostOfOneAddress = 32;
constexpr Duration kPublishWithin = std::chrono::seconds(5);
constexpr Duration kSilentFor = std::chrono::seconds(5);
constexpr Duration kUnreadFor = std::chrono::seconds(10);
/// For the last words to reach a sender that is still sending: closing at once would take them back.
constexpr Duration kGoodbyeWithin = std::chrono::seconds(1);
constexpr std::size_t kReadBytes = 64U << 10U;
/// A sender that does not read gets few answers.
constexpr std::size_t kMostOutput = 64U << 10U;
constexpr int kStepMs = 100;

struct Connection {
    Connection(Descriptor accepted, const IpAddress& peer, RtmpSession::Admit admit, MonotonicTime now)
        : socket(std::move(accepted)), address(peer), session(std::move(admit)), begun(now), heard(now), read(now) {}

    Descriptor socket;
    IpAddress address;
    RtmpSession session;
    MonotonicTime begun, heard;  ///< heard: when it last sent something
    MonotonicTime read;          ///< when its source last took something
    std::uint64_t taken = 0;
    std::vector<std::uint8_t> output;
    bool isLeaving = false;  ///< nothing that it sends counts any more
    bool isDone = false;
};

IpAddress addressOf(const sockaddr_storage& storage) {
    IpAddress address;
    if (storage.ss_family == AF_INET6) {
        std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, 16);
        return address;
    }
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(address.bytes.data() + 12, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, 4);
    return address;
}

class PollingRtmpServer final : public RtmpServer {
public:
    PollingRtmpServer(Descriptor listener, Descriptor wake, std::uint16_t port, PushPlaces& places)
        : places_(places),
          listener_(std::move(listener)),
          wake_(std::move(wake)),
          port_(port),
          thread_("rtmp-listen", [this] { run(); }) {}
    ~PollingRtmpServer() override {
        isStopping_ = true;
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
        thread_.join();
    }
    std::uint16_t port() const override { return port_; }

private:
    void run();
    void accept();
    void serve(Connection& connection, short events);
    void receive(Connection& connection);
    void leave(Connection& connection, const Error& reason);
    void watch(Connection& connection);
    static void send(Connection& connection);

    // Borrowed
    PushPlaces& places_;
    // Owned
    Descriptor listener_, wake_;
    // State
    const std::uint16_t port_;
    SteadyClock clock_;
    std::list<Connection> connections_;
    bool isOutOfDescriptors_ = false;
    std::atomic<bool> isStopping_{false};
    Thread thread_;
};

void PollingRtmpServer::run() {
    std::vector<pollfd> polled;
    while (!isStopping_) {
        const bool rests = std::exchange(isOutOfDescriptors_, false);
        polled = {{wake_.get(), POLLIN, 0}, {listener_.get(), rests ? short{0} : short{POLLIN}, 0}};
        for (const Connection& each : connections_) {
            const auto& pipe = each.session.pipe();
            short events = pipe && pipe->isFull() ? short{0} : short{POLLIN};
            if (!each.output.empty()) events = static_cast<short>(events | POLLOUT);
            polled.push_back({each.socket.get(), events, 0});
        }
        ::poll(polled.data(), polled.size(), connections_.empty() && !rests ? -1 : kStepMs);
        std::size_t index = 2;
        for (Connection& each : connections_) {
            serve(each, polled[index++].revents);
            watch(each);
        }
        connections_.remove_if([](const Connection& each) { return each.isDone; });
        if ((polled[1].revents & POLLIN) != 0) accept();
    }
}

void PollingRtmpServer::accept() {
    while (true) {
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        Descriptor socket(
            ::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket.get() < 0) {
            isOutOfDescriptors_ = errno != EAGAIN && errno != EWOULDBLOCK;
            return;
        }
        const IpAddress address = addressOf(from);
        const auto ofAddress = std::count_if(connections_.begin(), connections_.end(),
                                             [&](const Connection& each) { return each.address == address; });
        if (connections_.size() >= kMostConnections || static_cast<std::size_t>(ofAddress) >= kMostOfOneAddress) {
            continue;  // closed at once
        }
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connections_.emplace_back(
            std::move(socket), address,
            [this](std::string_view application, std::string_view key) { return places_.enter(application, key); },
            clock_.now());
    }
}

void PollingRtmpServer::serve(Connection& connection, short events) {
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) receive(connection);
    if (!connection.isDone && !connection.output.empty()) send(connection);
    if (connection.isLeaving && connection.output.empty()) ::shutdown(connection.socket.get(), SHUT_WR);
}

void PollingRtmpServer::receive(Connection& connection) {
    std::uint8_t bytes[kReadBytes];
    const auto size = ::recv(connection.socket.get(), bytes, sizeof bytes, 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (size <= 0) {
        connection.isDone = true;
        if (!connection.isLeaving && connection.session.pipe()) {
            connection.session.pipe()->fail({ErrorCode::Unreachable, "the sender has gone", {}});
        }
        return;
    }
    if (connection.isLeaving) return;
    connection.heard = clock_.now();
    const auto received = connection.session.receive({bytes, static_cast<std::size_t>(size)});
    const auto answer = connection.session.takeOutput();
    connection.output.insert(connection.output.end(), answer.begin(), answer.end());
    if (connection.output.size() > kMostOutput) {
        connection.isDone = true;
    } else if (!received) {
        leave(connection, received.error());
    }
}

void PollingRtmpServer::leave(Connection& connection, const Error& reason) {
    connection.isLeaving = true;
    connection.begun = clock_.now();
    const auto& pipe = connection.session.pipe();
    if (pipe) {
        const bool hasEnded = reason.message.empty();
        pipe->fail({ErrorCode::Unreachable, hasEnded ? "the sender has ended its stream" : reason.message, {}});
    }
    if (reason.message.empty()) return;
    log(LogLevel::Info, "rtmp", "a sender is sent away",
        {{"address", connection.address.toString()}, {"reason", reason.message}});
}

/// Ends what takes too long.
void PollingRtmpServer::watch(Connection& connection) {
    const MonotonicTime now = clock_.now();
    if (connection.isDone) return;
    if (connection.isLeaving) {
        connection.isDone = now - connection.begun > kGoodbyeWithin;
        return;
    }
    const auto& pipe = connection.session.pipe();
    if (!pipe) {
        connection.isDone = now - connection.begun > kPublishWithin;
        return;
    }
    if (pipe->isFull()) connection.heard = now;  // it is we who do not listen
    if (pipe->taken() != connection.taken) {
        connection.taken = pipe->taken();
        connection.read = now;
    }
    if (pipe->isClosed()) return leave(connection, {ErrorCode::Unreachable, "its source takes no more", {}});
    if (now - connection.heard > kSilentFor) {
        return leave(connection, {ErrorCode::Timeout, "the sender has sent nothing for five seconds", {}});
    }
    if (now - connection.read > kUnreadFor) {
        leave(connection, {ErrorCode::Timeout, "its source has taken nothing for ten seconds", {}});
    }
}

void PollingRtmpServer::send(Connection& connection) {
    const auto size = ::send(connection.socket.get(), connection.output.data(), connection.output.size(), MSG_NOSIGNAL);
    if (size > 0) connection.output.erase(connection.output.begin(), connection.output.begin() + size);
    if (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) connection.isDone = true;
}

Error failure(const char* what) {
    return {ErrorCode::Unreachable, std::string("the RTMP listener ") + what + ": " + std::strerror(errno),
            "rtmp.listen"};
}

}  // namespace

Result<std::unique_ptr<RtmpServer>> RtmpServer::open(const IpAddress& address, std::uint16_t port, PushPlaces& places) {
    const bool isV6 = !address.isV4();
    Descriptor listener(::socket(isV6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (listener.get() < 0) return failure("cannot be made");
    const int on = 1, off = 0;
    ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (isV6) ::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    sockaddr_in6 six{};
    sockaddr_in four{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    std::memcpy(&six.sin6_addr, address.bytes.data(), 16);
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    std::memcpy(&four.sin_addr, address.bytes.data() + 12, 4);
    auto* local = isV6 ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
    socklen_t size = isV6 ? sizeof six : sizeof four;
    if (::bind(listener.get(), local, size) != 0 || ::listen(listener.get(), 64) != 0 ||
        ::getsockname(listener.get(), local, &size) != 0) {
        return failure("cannot listen");
    }
    Descriptor wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (wake.get() < 0) return failure("cannot be made");
    const std::uint16_t bound = ntohs(isV6 ? six.sin6_port : four.sin_port);
    return std::unique_ptr<RtmpServer>(
        std::make_unique<PollingRtmpServer>(std::move(listener), std::move(wake), bound, places));
}

}  // namespace tessera
