#include "pipelines/rtp/udp_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "pipelines/datagram/socket_address.h"

namespace tessera {
namespace {

/// A second of two hundred senders, and a burst to a thousand receivers.
constexpr int kBufferBytes = 4 << 20;
constexpr std::size_t kHead = 64;
constexpr std::size_t kMostRefused = 256;

/// The forced form needs a privilege; the other is bounded by net.core.rmem_max. Either is only a wish.
void enlarge(int descriptor, int forced, int plain) {
    if (setsockopt(descriptor, SOL_SOCKET, forced, &kBufferBytes, sizeof(kBufferBytes)) == 0) return;
    setsockopt(descriptor, SOL_SOCKET, plain, &kBufferBytes, sizeof(kBufferBytes));
}

Error failure(const char* what) {
    return {ErrorCode::Unreachable, std::string("the UDP socket of plain RTP ") + what + ": " + std::strerror(errno),
            "rtp.listen"};
}

}  // namespace

struct UdpSocket::Buffers {
    std::array<std::array<std::uint8_t, kLongestDatagram>, kBatch> bytes;
    std::array<sockaddr_storage, kBatch> addresses;
    std::array<iovec, 2 * kBatch> parts;
    std::array<mmsghdr, kBatch> messages;
};

struct UdpSocket::Outgoing {
    SocketAddress to;
    std::array<std::uint8_t, kHead> head;
    std::size_t headSize;
    std::span<const std::uint8_t> body;
};

UdpSocket::UdpSocket(int descriptor, bool isV6)
    : descriptor_(descriptor), buffers_(std::make_unique<Buffers>()), isV6_(isV6) {}

UdpSocket::~UdpSocket() {
    close(descriptor_);
}

Result<std::unique_ptr<UdpSocket>> UdpSocket::open(const IpAddress& address, std::uint16_t port) {
    const bool isV6 = !address.isV4();
    const int descriptor = socket(isV6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return failure("cannot be made");
    std::unique_ptr<UdpSocket> result(new UdpSocket(descriptor, isV6));
    const int off = 0, on = 1;
    if (isV6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    if (isV6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
    setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
    enlarge(descriptor, SO_RCVBUFFORCE, SO_RCVBUF);
    enlarge(descriptor, SO_SNDBUFFORCE, SO_SNDBUF);
    auto local = toSocketAddress({address, port}, isV6);
    if (bind(descriptor, reinterpret_cast<const sockaddr*>(&local.storage), local.size) != 0) {
        return failure("cannot listen");
    }
    if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&local.storage), &local.size) != 0) {
        return failure("has no name");
    }
    result->port_ = toEndpoint(local.storage).port;
    return result;
}

bool UdpSocket::reaches(const IpAddress& address) const {
    return isV6_ || address.isV4();
}

IpAddress UdpSocket::addressTowards(const UdpEndpoint& to) const {
    const int probe = socket(isV6_ ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return {};
    auto address = toSocketAddress(to, isV6_);
    IpAddress result;
    // Connecting a UDP socket sends nothing: it only asks for the route.
    if (connect(probe, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0 &&
        getsockname(probe, reinterpret_cast<sockaddr*>(&address.storage), &address.size) == 0) {
        result = toEndpoint(address.storage).ip;
    }
    close(probe);
    return result;
}

void UdpSocket::receive(std::size_t most, const OnDatagram& onDatagram) {
    auto& to = *buffers_;
    for (std::size_t i = 0; i < most; ++i) {
        for (std::size_t k = 0; k < kBatch; ++k) {
            to.parts[k] = {to.bytes[k].data(), to.bytes[k].size()};
            to.messages[k] = {};
            to.messages[k].msg_hdr.msg_name = &to.addresses[k];
            to.messages[k].msg_hdr.msg_namelen = sizeof(to.addresses[k]);
            to.messages[k].msg_hdr.msg_iov = &to.parts[k];
            to.messages[k].msg_hdr.msg_iovlen = 1;
        }
        const int count = recvmmsg(descriptor_, to.messages.data(), kBatch, 0, nullptr);
        if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
            readErrors();
            continue;
        }
        for (int k = 0; k < count; ++k) {
            const auto at = static_cast<std::size_t>(k);
            onDatagram(toEndpoint(to.addresses[at]), {to.bytes[at].data(), to.messages[at].msg_len});
        }
        if (count < static_cast<int>(kBatch)) return;
    }
}

void UdpSocket::add(const UdpEndpoint& to, std::span<const std::uint8_t> head, std::span<const std::uint8_t> body) {
    Outgoing& next = queued_.emplace_back();
    next.to = toSocketAddress(to, isV6_);
    next.headSize = std::min(head.size(), kHead);
    std::copy_n(head.begin(), next.headSize, next.head.begin());
    next.body = body;
}

std::size_t UdpSocket::flush() {
    std::size_t failed = 0;
    for (std::size_t first = 0; first < queued_.size(); first += kBatch) {
        failed += sendBatch(first, std::min(kBatch, queued_.size() - first));
    }
    queued_.clear();
    return failed;
}

std::size_t UdpSocket::sendBatch(std::size_t first, std::size_t count) {
    auto& with = *buffers_;
    for (std::size_t k = 0; k < count; ++k) {
        Outgoing& packet = queued_[first + k];
        with.parts[2 * k] = {packet.head.data(), packet.headSize};
        with.parts[2 * k + 1] = {const_cast<std::uint8_t*>(packet.body.data()), packet.body.size()};
        with.messages[k] = {};
        with.messages[k].msg_hdr.msg_name = &packet.to.storage;
        with.messages[k].msg_hdr.msg_namelen = packet.to.size;
        with.messages[k].msg_hdr.msg_iov = &with.parts[2 * k];
        with.messages[k].msg_hdr.msg_iovlen = 2;
    }
    std::size_t done = 0, failed = 0, attempts = 0;
    while (done < count) {
        const int sent = sendmmsg(descriptor_, &with.messages[done], static_cast<unsigned>(count - done), 0);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
            attempts = 0;
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) return failed + count - done;
        readErrors();  // an error that waits is told once, whosever it is
        if (++attempts < 2) continue;
        attempts = 0;
        ++done;
        ++failed;
    }
    return failed;
}

/// Empties the queue of what the network sent back.
void UdpSocket::readErrors() {
    for (int i = 0; i < static_cast<int>(kBatch); ++i) {
        sockaddr_storage address{};
        std::array<char, 512> control;
        msghdr message{};
        message.msg_name = &address;
        message.msg_namelen = sizeof(address);
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        if (recvmsg(descriptor_, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
        if (message.msg_namelen > 0 && refused_.size() < kMostRefused) refused_.push_back(toEndpoint(address));
    }
}

std::vector<UdpEndpoint> UdpSocket::takeRefused() {
    return std::exchange(refused_, {});
}

}  // namespace tessera
