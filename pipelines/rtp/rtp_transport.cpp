#include "pipelines/rtp/rtp_transport.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace tessera {
namespace {

constexpr Duration kCallDeadline = std::chrono::milliseconds(800);
constexpr unsigned kTurnsPerWatch = 250;  // half a second
/// Batches of datagrams per turn: above what a thousand senders send in one, below what would keep the turn from
/// sending.
constexpr std::size_t kMostBatches = 16;

}  // namespace

RtpTransport::RtpTransport(std::unique_ptr<UdpSocket> socket) : socket_(std::move(socket)) {}

RtpTransport::~RtpTransport() {
    loop_.call(kCallDeadline, [this] { timer_.stop(); });
}

Status RtpTransport::add(std::shared_ptr<RtpConnection> connection) {
    auto result = std::make_shared<std::optional<Status>>();
    const bool inTime = loop_.call(kCallDeadline, [this, connection, result] { *result = insert(connection); });
    if (!inTime) return Error{ErrorCode::Timeout, "the thread of plain RTP is stuck", {}};
    return **result;
}

Status RtpTransport::insert(const std::shared_ptr<RtpConnection>& connection) {
    const auto remote = connection->remote();
    const auto taken = Error{ErrorCode::Conflict, "another participant has this address", "rtp.port"};
    if (remote) {
        if (!byAddress_.emplace(*remote, connection).second) return taken;
    } else {
        const auto isSame = [&](const auto& other) { return other->terms().address == connection->terms().address; };
        if (std::any_of(unlatched_.begin(), unlatched_.end(), isSame)) return taken;
        unlatched_.push_back(connection);
    }
    all_.push_back(connection);
    connection->open();
    if (!timer_.isRunning()) timer_ = loop_.every(kInterval, [this] { turn(); });
    return kOk;
}

void RtpTransport::remove(const std::shared_ptr<RtpConnection>& connection) {
    loop_.call(kCallDeadline, [this, connection] { erase(connection); });
}

void RtpTransport::erase(const std::shared_ptr<RtpConnection>& connection) {
    connection->end(reports_);
    socket_->flush();
    reports_.clear();
    if (const auto remote = connection->remote()) byAddress_.erase(*remote);
    std::erase(unlatched_, connection);
    std::erase(all_, connection);
    std::erase(reordering_, connection.get());
    if (all_.empty()) timer_.stop();
}

void RtpTransport::offer(const std::shared_ptr<RtpConnection>& connection, PacketPtr packet) {
    Lock lock(mutex_);
    if (waiting_.size() >= kMostWaiting) {
        connection->dropped();
        return;
    }
    waiting_.push_back({connection, std::move(packet)});
}

void RtpTransport::turn() {
    socket_->receive(kMostBatches, [this](const UdpEndpoint& from, std::span<const std::uint8_t> datagram) {
        onDatagram(from, datagram);
    });
    for (auto* connection : reordering_) connection->release();
    std::erase_if(reordering_, [](const auto* connection) { return !connection->isWaiting(); });
    sendWaiting();
    if (++turns_ % kTurnsPerWatch == 0) watch();
}

void RtpTransport::onDatagram(const UdpEndpoint& from, std::span<const std::uint8_t> datagram) {
    const auto found = byAddress_.find(from);
    auto* connection = found == byAddress_.end() ? latch(from, datagram) : found->second.get();
    if (connection == nullptr) return;
    connection->onDatagram(datagram);
    if (!connection->isWaiting()) return;
    if (std::find(reordering_.begin(), reordering_.end(), connection) == reordering_.end()) {
        reordering_.push_back(connection);
    }
}

/// A participant whose address is known and whose port is not: its first proper packet tells.
RtpConnection* RtpTransport::latch(const UdpEndpoint& from, std::span<const std::uint8_t> datagram) {
    const auto found = std::find_if(unlatched_.begin(), unlatched_.end(), [&](const auto& connection) {
        return connection->terms().address == from.ip && connection->accepts(datagram);
    });
    if (found == unlatched_.end()) return nullptr;
    const auto connection = *found;
    unlatched_.erase(found);
    byAddress_.emplace(from, connection);
    connection->latch(from.port);
    return connection.get();
}

void RtpTransport::sendWaiting() {
    sending_.clear();
    {
        Lock lock(mutex_);
        std::swap(sending_, waiting_);
    }
    // One rendition's packet for many comes in a row: it is cut once.
    const Packet* cut = nullptr;
    for (const auto& [connection, packet] : sending_) {
        if (packet->kind != MediaKind::Audio) continue;
        if (packet.get() != cut) {
            frames_.push_back(packetizeOpus(*packet));
            cut = packet.get();
        }
        connection->send(*frames_.back());
    }
    socket_->flush();
    frames_.clear();
    sending_.clear();
}

void RtpTransport::watch() {
    for (const auto& endpoint : socket_->takeRefused()) {
        if (const auto found = byAddress_.find(endpoint); found != byAddress_.end()) found->second->onRefused();
    }
    for (const auto& connection : all_) connection->tick(reports_);
    socket_->flush();
    reports_.clear();
}

}  // namespace tessera
