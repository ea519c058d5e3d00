#include "pipelines/rtp/rtp_peer_factory.h"

#include <algorithm>
#include <utility>

#include "pipelines/rtp/rtp_transport.h"

namespace tessera {
namespace {

/// Ports below belong to services that must not be sent to by a caller's word.
constexpr int kLowestPort = 1024;

class RtpPeer final : public Peer {
public:
    RtpPeer(RtpTransport& transport, std::shared_ptr<RtpConnection> connection, RtpEndpoint endpoint)
        : transport_(transport), connection_(std::move(connection)), endpoint_(std::move(endpoint)) {
        media_.sendsAudio = connection_->terms().maySend;
        media_.receivesAudio = connection_->terms().mayReceive;
    }
    ~RtpPeer() override { transport_.remove(connection_); }

    void offer(PacketPtr packet) override {
        if (connection_->takesMedia()) transport_.offer(connection_, std::move(packet));
    }
    const PeerMedia& media() const override { return media_; }
    std::optional<RtpEndpoint> rtpEndpoint() const override { return endpoint_; }
    Status addRemoteCandidates(const std::string&) override {
        return unsupported("a participant over plain RTP has no candidates");
    }
    void requestKeyframe() override {}
    PeerStats stats() const override { return connection_->stats(); }

private:
    // Borrowed
    RtpTransport& transport_;
    // Shared with the tasks of the loop that are under way
    std::shared_ptr<RtpConnection> connection_;
    // State
    PeerMedia media_;
    RtpEndpoint endpoint_;
};

class RtpPeerFactory final : public PeerFactory {
public:
    Status start(const RtpSettings& settings) {
        for (const auto& text : settings.allow) {
            auto range = IpRange::parse(text);
            if (!range) return invalidArgument(range.error().message, "rtp.allow");
            allowed_.push_back(*range);
        }
        const auto address = IpAddress::parse(settings.address);
        if (!address) return invalidArgument(settings.address + " is not an IP address", "rtp.listen");
        listens_ = *address;
        publicAddress_ = settings.publicAddress;
        for (int i = 0; i < std::clamp(settings.eventLoops, 1, 16); ++i) {
            const int port = settings.port == 0 ? 0 : settings.port + i;
            auto socket = UdpSocket::open(*address, static_cast<std::uint16_t>(port));
            if (!socket) return socket.error();
            transports_.push_back(std::make_unique<RtpTransport>(std::move(socket).value()));
        }
        return kOk;
    }

    Result<std::unique_ptr<Peer>> createPeer(const PeerSpec& spec, PeerListener& listener) override {
        TESSERA_CHECK(spec.rtp.has_value());
        const auto address = IpAddress::parse(spec.rtp->address);
        TESSERA_TRY(check(*spec.rtp, address, spec.maySend));
        auto& transport = *transports_[next_++ % transports_.size()];
        auto& socket = transport.socket();
        if (!socket.reaches(*address)) {
            return unsupported("this server's plain RTP has no IPv6: set rtp.listen to \"::\"", "rtp.ip");
        }
        RtpConnection::Terms terms{.id = spec.id,
                                   .rtp = *spec.rtp,
                                   .address = *address,
                                   .maySend = spec.maySend,
                                   .mayReceive = spec.mayReceive,
                                   .feed = spec.feed,
                                   .timeline = spec.timeline};
        auto connection = std::make_shared<RtpConnection>(std::move(terms), listener, socket);
        RtpEndpoint endpoint{ourAddress(socket, *address), socket.port(), connection->ssrc()};
        TESSERA_TRY(transport.add(connection));
        return std::unique_ptr<Peer>(new RtpPeer(transport, std::move(connection), std::move(endpoint)));
    }

private:
    Status check(const RtpTerms& terms, const std::optional<IpAddress>& address, bool maySend) const {
        if (!address || address->isUnspecified()) {
            return invalidArgument("ip must be an IPv4 or IPv6 address", "rtp.ip");
        }
        const auto isInside = [&](const IpRange& range) { return range.contains(*address); };
        if (std::none_of(allowed_.begin(), allowed_.end(), isInside)) {
            return Error{ErrorCode::Forbidden, terms.address + " is outside the ranges of rtp.allow", "rtp.ip"};
        }
        if (terms.port != 0 && (terms.port < kLowestPort || terms.port > 65535)) {
            return invalidArgument("port must be 0, or from 1024 to 65535", "rtp.port");
        }
        if (terms.port == 0 && !maySend) {
            return invalidArgument("the port of who only receives cannot be learnt: give it", "rtp.port");
        }
        return kOk;
    }

    std::string ourAddress(const UdpSocket& socket, const IpAddress& remote) const {
        const auto own = listens_.isUnspecified() ? socket.addressTowards({remote, kLowestPort}) : listens_;
        const bool isLoopback = own == *IpAddress::parse("127.0.0.1") || own == *IpAddress::parse("::1");
        return publicAddress_.empty() || isLoopback ? own.toString() : publicAddress_;
    }

    // Owned
    std::vector<std::unique_ptr<RtpTransport>> transports_;
    // State
    std::vector<IpRange> allowed_;
    IpAddress listens_;
    std::string publicAddress_;
    std::atomic<std::size_t> next_{0};
};

}  // namespace

Result<std::unique_ptr<PeerFactory>> createRtpPeerFactory(const RtpSettings& settings) {
    auto factory = std::make_unique<RtpPeerFactory>();
    TESSERA_TRY(factory->start(settings));
    return std::unique_ptr<PeerFactory>(std::move(factory));
}

}  // namespace tessera
