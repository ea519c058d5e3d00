#pragma once

#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/media/packet.h"

#include "pipelines/rtp/rtp_connection.h"
#include "pipelines/rtp/udp_socket.h"
#include "pipelines/webrtc/event_loop.h"

namespace tessera {

/// One UDP port and one thread for many participants over plain RTP, told apart by their addresses. Every kInterval it
/// takes everything that has arrived, decodes what is wanted, and sends everything that was offered, in batches: the
/// cost of a packet is what the network stack takes.
class RtpTransport {
public:
    /// The delay that a packet may wait on either way, against the cost of waking up.
    static constexpr Duration kInterval = std::chrono::milliseconds(2);
    /// More packets than this that wait to be sent mean that the thread is stuck; they are dropped.
    static constexpr std::size_t kMostWaiting = 20000;

    explicit RtpTransport(std::unique_ptr<UdpSocket> socket);
    ~RtpTransport();

    /// @error conflict: another participant has the address; timeout: the thread is stuck
    /// @thread any but the loop's own
    Status add(std::shared_ptr<RtpConnection> connection);
    /// Says goodbye and forgets it; its listener is called no more.
    void remove(const std::shared_ptr<RtpConnection>& connection);

    /// Queues a rendition's packet for a participant; never waits. @thread any
    void offer(const std::shared_ptr<RtpConnection>& connection, PacketPtr packet) EXCLUDES(mutex_);

    /// @thread any
    UdpSocket& socket() { return *socket_; }

private:
    struct Waiting {
        std::shared_ptr<RtpConnection> connection;
        PacketPtr packet;
    };
    using Connections = std::vector<std::shared_ptr<RtpConnection>>;

    Status insert(const std::shared_ptr<RtpConnection>& connection);
    void erase(const std::shared_ptr<RtpConnection>& connection);
    void turn();
    void onDatagram(const UdpEndpoint& from, std::span<const std::uint8_t> datagram);
    RtpConnection* latch(const UdpEndpoint& from, std::span<const std::uint8_t> datagram);
    void sendWaiting() EXCLUDES(mutex_);
    void watch();

    // Owned
    std::unique_ptr<UdpSocket> socket_;
    EventLoop loop_{"rtp-loop"};
    // State of the loop
    std::unordered_map<UdpEndpoint, std::shared_ptr<RtpConnection>> byAddress_;
    Connections all_, unlatched_;
    std::vector<RtpConnection*> reordering_;  ///< wait for a packet that may be lost
    std::vector<Waiting> sending_;
    std::vector<PacketizedFramePtr> frames_;
    std::vector<std::vector<std::uint8_t>> reports_;
    LoopTimer timer_;
    unsigned turns_ = 0;
    // State of all
    Mutex mutex_;
    std::vector<Waiting> waiting_ GUARDED_BY(mutex_);
};

}  // namespace tessera
