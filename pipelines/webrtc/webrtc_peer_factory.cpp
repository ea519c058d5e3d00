#include "pipelines/webrtc/webrtc_peer_factory.h"

#include <array>
#include <netdb.h>
#include <utility>

#include "mcu/base/log.h"

#include "pipelines/gst/gst_runtime.h"
#include "pipelines/webrtc/webrtc_peer.h"

namespace tessera {
namespace {

Result<std::string> resolve(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (const int status = getaddrinfo(host.c_str(), nullptr, &hints, &found); status != 0) {
        return Error{ErrorCode::Unreachable, host + " has no address: " + gai_strerror(status), "webrtc.ice_servers"};
    }
    std::array<char, NI_MAXHOST> text{};
    const int status =
        getnameinfo(found->ai_addr, found->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    freeaddrinfo(found);
    if (status != 0) return Error{ErrorCode::Unreachable, host + " has no address", "webrtc.ice_servers"};
    return std::string(text.data());
}

Status checkAddress(const std::string& text, const char* field) {
    NiceAddress address;
    nice_address_init(&address);
    if (nice_address_set_from_string(&address, text.c_str())) return kOk;
    return invalidArgument(text + " is not an IP address", field);
}

Result<WebRtcSettings> settle(WebRtcSettings settings) {
    for (const auto& address : settings.addresses) TESSERA_TRY(checkAddress(address, "webrtc.listen"));
    if (!settings.publicAddress.empty()) {
        TESSERA_TRY(checkAddress(settings.publicAddress, "webrtc.public_address"));
    }
    if (settings.portMin < 0 || settings.portMax > 65535 || settings.portMin > settings.portMax) {
        return invalidArgument("the UDP port range is empty", "webrtc.port_min");
    }
    const auto resolveHost = [](auto& server) -> Status {
        if (!server) return kOk;
        auto address = resolve(server->host);
        if (!address.ok()) return address.error();
        server->host = *std::move(address);
        return kOk;
    };
    TESSERA_TRY(resolveHost(settings.stun));
    TESSERA_TRY(resolveHost(settings.turn));
    return settings;
}

/// Within the second that a PublishingPeer has to end; the loop answers in milliseconds unless it is stuck.
constexpr Duration kEndDeadline = std::chrono::milliseconds(800);

class OfferingPeer final : public PublishingPeer {
public:
    OfferingPeer(PeerSurroundings surroundings, Publishing publishing, const Timeline& timeline, PeerListener& listener)
        : loop_(surroundings.loop), offered_(std::move(publishing)) {
        PeerConnection::Terms terms;
        terms.id = PeerId::create();
        terms.offer = offered_.wanted;
        terms.negotiation = offered_.negotiation;
        terms.timeline = &timeline;
        terms.isOffering = true;
        connection_ = std::make_shared<PeerConnection>(surroundings, std::move(terms), listener);
        loop_.post([connection = connection_] { connection->open(); });
    }
    ~OfferingPeer() override { end(); }

    void end() override {
        if (loop_.call(kEndDeadline, [connection = connection_] { connection->end(); })) return;
        log(LogLevel::Error, "webrtc", "an event loop is stuck");
    }

    Status accept(const std::string& answer) override {
        auto parsed = parseOffer(answer);
        if (!parsed.ok()) return parsed.error();
        auto agreed = agreeOn(offered_, *parsed);
        if (!agreed.ok()) return agreed.error();
        loop_.post([connection = connection_, agreed = *std::move(agreed), isLite = parsed->iceLite] {
            connection->accept(agreed, isLite);
        });
        return kOk;
    }
    void offer(PacketPtr packet) override { connection_->offer(std::move(packet)); }
    PeerStats stats() const override { return connection_->stats(); }

private:
    // Borrowed
    EventLoop& loop_;
    // Shared with the tasks of the loop that are under way
    std::shared_ptr<PeerConnection> connection_;
    // State
    const Publishing offered_;
};

class WebRtcPeerFactory final : public WebRtcPeers {
public:
    WebRtcPeerFactory(WebRtcSettings settings, std::unique_ptr<DtlsCertificate> certificate,
                      std::shared_ptr<const GpuEngines> gpus)
        : settings_(std::move(settings)),
          gpus_(std::move(gpus)),
          certificate_(std::move(certificate)),
          loops_(settings_.eventLoops) {}

    Result<std::unique_ptr<Peer>> createPeer(const PeerSpec& spec, PeerListener& listener) override {
        auto offer = parseOffer(spec.offer);
        if (!offer.ok()) return offer.error();
        auto negotiation = negotiate(*offer, {spec.maySend, spec.mayReceive});
        if (!negotiation.ok()) return negotiation.error();
        PeerConnection::Terms terms;
        terms.id = spec.id;
        terms.offer = *std::move(offer);
        terms.negotiation = *std::move(negotiation);
        terms.timeline = spec.timeline;
        if (spec.feed) {
            auto leg = createLeg(terms.negotiation, spec);
            if (!leg.ok()) return leg.error();
            terms.leg = *std::move(leg);
            terms.feed = spec.feed;
        }
        const PeerSurroundings surroundings{loops_.next(), settings_, *certificate_, frames_};
        return std::unique_ptr<Peer>(new WebRtcPeer(surroundings, std::move(terms), listener));
    }

    std::unique_ptr<PublishingPeer> publish(const PublishedMedia& media, const Timeline& timeline,
                                            PeerListener& listener) override {
        const PeerSurroundings surroundings{loops_.next(), settings_, *certificate_, frames_};
        return std::make_unique<OfferingPeer>(surroundings, offerToPublish(media), timeline, listener);
    }

private:
    /// @return null when the peer sends nothing
    Result<std::unique_ptr<DecodeLeg>> createLeg(const Negotiation& negotiation, const PeerSpec& spec) const {
        const auto* video = negotiation.receivingKind(MediaKind::Video);
        const auto* audio = negotiation.receivingKind(MediaKind::Audio);
        if (!video && !audio) return std::unique_ptr<DecodeLeg>();
        DecodeLeg::Settings settings;
        settings.decoders = videoDecodersOf(gpus_, spec.meeting);
        if (video) {
            settings.video = video->videoCodec;
            settings.videoPayloadType = video->codec.payloadType;
        }
        settings.audio = audio != nullptr;
        if (audio) settings.audioPayloadType = audio->codec.payloadType;
        return DecodeLeg::create(settings, spec.feed);
    }

    // Owned
    WebRtcSettings settings_;
    std::shared_ptr<const GpuEngines> gpus_;
    std::unique_ptr<DtlsCertificate> certificate_;
    PacketizedFrameCache frames_;
    EventLoopPool loops_;
};

}  // namespace

Result<std::unique_ptr<WebRtcPeers>> createWebRtcPeerFactory(const WebRtcSettings& settings,
                                                             std::shared_ptr<const GpuEngines> gpus) {
    initGst();
    auto settled = settle(settings);
    if (!settled.ok()) return settled.error();
    auto certificate = DtlsCertificate::create();
    if (!certificate.ok()) return certificate.error();
    return std::unique_ptr<WebRtcPeers>(
        new WebRtcPeerFactory(*std::move(settled), *std::move(certificate), std::move(gpus)));
}

}  // namespace tessera
