#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/rtp/ip_address.h"

namespace tessera {

/// One UDP socket that many peers share: packets are received and sent in batches, so that a thousand peers cost a few
/// system calls. Never waits.
/// @thread one at a time
class UdpSocket {
public:
    static constexpr std::size_t kBatch = 64;
    /// Longer datagrams are cut, and then refused by who parses them: above every MTU in use.
    static constexpr std::size_t kLongestDatagram = 2048;

    using OnDatagram = std::function<void(const UdpEndpoint& from, std::span<const std::uint8_t> datagram)>;

    /// @param address  to listen on; `::` takes both families
    /// @param port     0 = any free one
    /// @error unreachable: the address is not this machine's, or the port is taken
    static Result<std::unique_ptr<UdpSocket>> open(const IpAddress& address, std::uint16_t port);
    ~UdpSocket();
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;

    std::uint16_t port() const { return port_; }
    /// False for IPv6 when the socket has IPv4 alone, and the other way round.
    bool reaches(const IpAddress& address) const;
    /// Our own address on the way to another. @return unspecified when there is no way
    IpAddress addressTowards(const UdpEndpoint& to) const;

    /// Hands over what has arrived, at most `most` batches of it.
    void receive(std::size_t most, const OnDatagram& onDatagram);

    /// Queues `head` followed by `body` for `to`. @param body  stays valid until `flush`
    void add(const UdpEndpoint& to, std::span<const std::uint8_t> head, std::span<const std::uint8_t> body);
    /// Sends what is queued. @return datagrams that the kernel did not take
    std::size_t flush();

    /// Where nothing listens, as the network told since the last call.
    std::vector<UdpEndpoint> takeRefused();

private:
    struct Buffers;
    struct Outgoing;

    UdpSocket(int descriptor, bool isV6);
    void readErrors();
    std::size_t sendBatch(std::size_t first, std::size_t count);

    // Owned
    int descriptor_;
    std::unique_ptr<Buffers> buffers_;
    // State
    bool isV6_;
    std::uint16_t port_ = 0;
    std::vector<Outgoing> queued_;
    std::vector<UdpEndpoint> refused_;
};

}  // namespace tessera
