#include "pipelines/datagram/datagram_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <poll.h>

#include "pipelines/av/host_lookup.h"
#include "pipelines/datagram/socket_address.h"
#include "pipelines/ingest/network/url_policy.h"

namespace tessera {
namespace {

constexpr Duration kStep = std::chrono::milliseconds(100);
/// Half a second of 64 Mbit/s; bounded by net.core.rmem_max where there is no privilege.
constexpr int kBufferBytes = 4 << 20;
constexpr std::size_t kControlBytes = 256;

Error failure(const std::string& what) {
    return {ErrorCode::Unreachable, what + ": " + std::strerror(errno), {}};
}

Result<Descriptor> openSocket(bool isV6) {
    Descriptor descriptor(socket(isV6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (descriptor.get() < 0) return failure("a socket cannot be made");
    return descriptor;
}

template <typename Value>
bool set(const Descriptor& descriptor, int level, int option, const Value& value) {
    return setsockopt(descriptor.get(), level, option, &value, sizeof value) == 0;
}

bool leaveThrough(const Descriptor& descriptor, const NetworkInterface& interface, bool isV6) {
    if (interface.index == 0) return true;
    const int index = static_cast<int>(interface.index);
    if (isV6) return set(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
    ip_mreqn request{};
    request.imr_ifindex = index;
    std::memcpy(&request.imr_address, interface.address.bytes.data() + 12, 4);
    return set(descriptor, IPPROTO_IP, IP_MULTICAST_IF, request);
}

/// Without a source, of all of them. What others on this machine have joined is not heard.
/// @source RFC 3678 section 5
bool join(const Descriptor& descriptor, const DatagramSocket::Place& place, unsigned index) {
    const bool isV6 = !place.at.ip.isV4();
    const int level = isV6 ? IPPROTO_IPV6 : IPPROTO_IP, off = 0;
    set(descriptor, level, isV6 ? IPV6_MULTICAST_ALL : IP_MULTICAST_ALL, off);
    const auto group = toSocketAddress({place.at.ip, 0});
    if (!place.from) {
        group_req request{};
        request.gr_interface = index;
        request.gr_group = group.storage;
        return set(descriptor, level, MCAST_JOIN_GROUP, request);
    }
    group_source_req request{};
    request.gsr_interface = index;
    request.gsr_group = group.storage;
    request.gsr_source = toSocketAddress({*place.from, 0}).storage;
    return set(descriptor, level, MCAST_JOIN_SOURCE_GROUP, request);
}

/// @param index  of the interface whose addresses of link-local scope are meant. @source RFC 4007 section 6
Status bindTo(const Descriptor& descriptor, const UdpEndpoint& endpoint, unsigned index) {
    auto address = toSocketAddress(endpoint);
    if (!endpoint.ip.isV4()) reinterpret_cast<sockaddr_in6&>(address.storage).sin6_scope_id = index;
    if (bind(descriptor.get(), address.get(), address.size) == 0) return kOk;
    return failure(endpoint.ip.toString() + ", port " + std::to_string(endpoint.port) + " cannot be used");
}

/// Index of the interface that an IPv6 datagram came through; 0 = not told.
unsigned cameThrough(msghdr& message) {
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
        if (each->cmsg_level != IPPROTO_IPV6 || each->cmsg_type != IPV6_PKTINFO) continue;
        in6_pktinfo info{};
        std::memcpy(&info, CMSG_DATA(each), sizeof info);
        return info.ipi6_ifindex;
    }
    return 0;
}

}  // namespace

Result<DatagramSocket> DatagramSocket::sendingTo(const Destination& destination) {
    const bool isV6 = !destination.to.ip.isV4();
    const auto interface = findInterface(destination.interface, isV6);
    if (!interface) return interface.error();
    auto descriptor = openSocket(isV6);
    if (!descriptor) return descriptor.error();
    if (isMulticast(destination.to.ip)) {
        if (!leaveThrough(*descriptor, *interface, isV6)) return failure("multicast cannot leave there");
        set(*descriptor, isV6 ? IPPROTO_IPV6 : IPPROTO_IP, isV6 ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL,
            destination.hops);
    }
    if (!interface->address.isUnspecified())
        TESSERA_TRY(bindTo(*descriptor, {interface->address, 0}, interface->index));
    return DatagramSocket(std::move(descriptor).value(), destination.to);
}

Result<DatagramSocket> DatagramSocket::receivingAt(const Place& place) {
    const bool isV6 = !place.at.ip.isV4();
    const auto interface = findInterface(place.interface, isV6);
    if (!interface) return interface.error();
    auto descriptor = openSocket(isV6);
    if (!descriptor) return descriptor.error();
    if (!set(*descriptor, SOL_SOCKET, SO_RCVBUFFORCE, kBufferBytes)) {
        set(*descriptor, SOL_SOCKET, SO_RCVBUF, kBufferBytes);
    }
    const bool isGroup = isMulticast(place.at.ip);
    UdpEndpoint local = place.at;
    if (isGroup) set(*descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    if (local.ip.isUnspecified() && interface->index != 0) local.ip = interface->address;
    TESSERA_TRY(bindTo(*descriptor, local, interface->index));
    if (isGroup && !join(*descriptor, place, interface->index)) {
        return failure("the group " + place.at.ip.toString() + " cannot be joined");
    }
    if (isGroup && isV6) set(*descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    DatagramSocket receiver(std::move(descriptor).value(), {});
    receiver.from_ = place.from;
    if (isGroup && isV6) receiver.through_ = interface->index;
    return receiver;
}

Status DatagramSocket::send(std::span<const std::uint8_t> datagram, const Interrupt& interrupt) {
    const auto to = toSocketAddress(remote_);
    while (sendto(descriptor_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL, to.get(), to.size) < 0) {
        if (errno == EINTR) continue;
        if (errno == ENOBUFS) return kOk;  // lost on its way, like others
        if (errno != EAGAIN) return failure("no way leads there");
        if (interrupt.isDue()) return Error{ErrorCode::Timeout, "nothing can be sent", {}};
        pollfd wait{descriptor_.get(), POLLOUT, 0};
        poll(&wait, 1, static_cast<int>(toMilliseconds(kStep)));
    }
    return kOk;
}

std::optional<std::size_t> DatagramSocket::receive(std::span<std::uint8_t> into, Duration patience) {
    pollfd wait{descriptor_.get(), POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(toMilliseconds(patience))) <= 0) return std::nullopt;
    sockaddr_storage sender{};
    iovec bytes{into.data(), into.size()};
    alignas(cmsghdr) std::array<char, kControlBytes> control{};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto taken = recvmsg(descriptor_.get(), &message, 0);
    if (taken < 0) return std::nullopt;
    if (from_ && toEndpoint(sender).ip != *from_) return std::nullopt;
    if (through_ != 0 && cameThrough(message) != through_) return std::nullopt;
    return static_cast<std::size_t>(taken);
}

Result<IpAddress> resolve(const std::string& host, const Interrupt& interrupt) {
    if (const auto literal = IpAddress::parse(host)) return *literal;
    TESSERA_TRY(lookUp(host, interrupt));
    addrinfo hints{}, *list = nullptr;
    hints.ai_socktype = SOCK_DGRAM;
    const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list);
    if (code != 0) return Error{ErrorCode::Unreachable, host + ": " + gai_strerror(code), {}};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
    sockaddr_storage storage{};
    std::memcpy(&storage, list->ai_addr, list->ai_addrlen);
    return toEndpoint(storage).ip;
}

}  // namespace tessera
