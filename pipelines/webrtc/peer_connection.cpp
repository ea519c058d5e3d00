#include "pipelines/webrtc/peer_connection.h"

#include <random>
#include <utility>

#include "mcu/base/log.h"

#include "pipelines/webrtc/sdp/sdp_answer.h"

namespace tessera {
namespace {

constexpr Duration kTick = std::chrono::milliseconds(500);
/// Between reports: about RFC 3550's reduced minimum for these bandwidths (section 6.2), as browsers send them.
constexpr unsigned kTicksPerReport = 2;
/// Without any datagram for this long, STUN is looked for: libnice takes it out unseen.
constexpr Duration kLookForStun = std::chrono::seconds(1);
/// What waits for the loop: a keyframe and what follows it; a loop that is later than this is overloaded.
constexpr PacketQueue::Limits kQueueLimits{std::chrono::milliseconds(1000), 4U << 20U};
/// The encoder makes at most one forced keyframe a second; this only keeps the owner's queue short.
constexpr Duration kKeyframeRequestInterval = std::chrono::milliseconds(250);

std::uint64_t random63() {
    std::random_device random;
    return (std::uint64_t{random()} << 32U | random()) >> 1U;
}

}  // namespace

PeerConnection::PeerConnection(PeerSurroundings surroundings, Terms terms, PeerListener& listener)
    : with_(surroundings),
      listener_(listener),
      terms_(std::move(terms)),
      queue_(kQueueLimits),
      ssrcs_{static_cast<std::uint32_t>(random63()), static_cast<std::uint32_t>(random63())},
      cname_(randomToken()) {}

PeerConnection::~PeerConnection() = default;

void PeerConnection::open() {
    openedAt_ = heardAt_ = now();
    auto opened = openTransports();
    if (opened.ok()) opened = ice_->gather();
    if (opened.ok()) return;
    isOver_ = true;
    counters_.setState(PeerState::Closed);
    listener_.onAnswer(terms_.id, opened.error());
    with_.loop.post([self = shared_from_this()] { self->releaseTransports(); });
}

Status PeerConnection::openTransports() {
    const auto& remote = terms_.negotiation.remote;
    auto ice = IceTransport::create(with_.loop, with_.settings, terms_.offer.iceLite || terms_.isOffering, *this);
    if (!ice.ok()) return ice.error();
    ice_ = *std::move(ice);
    auto dtls = DtlsTransport::create(with_.loop, with_.certificate, remote.fingerprint, *this);
    if (!dtls.ok()) return dtls.error();
    dtls_ = *std::move(dtls);
    return kOk;
}

void PeerConnection::onGathered() {
    if (isOver_) return;
    LocalDescription local;
    local.isOffer = terms_.isOffering;
    local.sessionId = random63();
    local.iceUfrag = ice_->localCredentials().ufrag;
    local.icePwd = ice_->localCredentials().password;
    local.fingerprint = with_.certificate.fingerprint();
    local.candidates = ice_->localCandidates();
    local.cname = cname_;
    local.audioSsrc = ssrcs_.audio;
    local.videoSsrc = ssrcs_.video;
    if (!terms_.isOffering) connect();
    listener_.onAnswer(terms_.id, makeAnswer(terms_.offer, terms_.negotiation, local));
}

/// The other side is known: checks begin.
void PeerConnection::connect() {
    const auto& remote = terms_.negotiation.remote;
    ice_->setRemoteCredentials({remote.iceUfrag, remote.icePwd});
    addRemoteCandidates(remote.candidates, remote.endOfCandidates);
    counters_.setState(PeerState::Connecting);
    openedAt_ = heardAt_ = now();
    tickTimer_ = with_.loop.every(kTick, [this] { tick(); });
}

void PeerConnection::accept(Negotiation agreed, bool isLite) {
    if (isOver_) return;
    terms_.negotiation = std::move(agreed);
    terms_.offer.iceLite = isLite;
    dtls_->expect(terms_.negotiation.remote.fingerprint);
    connect();
}

void PeerConnection::addRemoteCandidates(const std::vector<IceCandidate>& candidates, bool areAll) {
    if (isOver_ || !ice_) return;
    for (const auto& candidate : candidates) ice_->addRemoteCandidate(candidate);
    // A full ICE peer may still be learnt from its checks, whatever it listed; one that is lite makes none.
    if (areAll && terms_.offer.iceLite) ice_->remoteCandidatesDone();
}

void PeerConnection::onIceReady() {
    if (!isOver_) dtls_->start(terms_.negotiation.dtlsClient ? DtlsRole::Client : DtlsRole::Server);
}

void PeerConnection::onIceFailed() {
    // Not the end: a peer whose candidates were names is learnt from its own checks. kConnectDeadline decides.
    log(LogLevel::Info, "webrtc", "no candidate works yet", {{"peer", terms_.id.toString()}});
}

void PeerConnection::onDatagram(std::span<std::uint8_t> datagram) {
    if (isOver_) return;
    heard();
    switch (classifyDatagram(datagram)) {
        case DatagramKind::Dtls: return dtls_->onDatagram(datagram);
        case DatagramKind::Rtp:
            if (receiving_) {
                if (const auto packet = srtp_->unprotectRtp(datagram); !packet.empty()) receiving_->onRtp(packet);
            }
            return;
        case DatagramKind::Rtcp:
            if (srtp_) onRtcp(srtp_->unprotectRtcp(datagram));
            return;
        case DatagramKind::Stun:
        case DatagramKind::Unknown: return;
    }
}

void PeerConnection::onStun() {
    if (!isOver_) heard();
}

void PeerConnection::onDtlsSend(std::span<const std::uint8_t> datagram) {
    if (ice_) ice_->send({&datagram, 1});
}

void PeerConnection::onDtlsConnected(const SrtpKeys& keys) {
    if (isOver_) return;
    if (const auto started = startMedia(keys); !started.ok()) return finish(started.error());
    counters_.setState(PeerState::Connected);
    takesMedia_ = sending_ != nullptr;
    listener_.onConnected(terms_.id);
}

Status PeerConnection::startMedia(const SrtpKeys& keys) {
    auto srtp = SrtpSession::create(keys);
    if (!srtp.ok()) return srtp.error();
    srtp_ = *std::move(srtp);
    wire_ = std::make_unique<PacketWire>(with_.loop, *ice_, *srtp_, counters_.sent, [this] {
        if (sending_) sending_->skipToKeyframe();
        askOwnerForKeyframe();
    });
    feedback_ = std::make_unique<RtcpFeedback>(*wire_, ssrcs_.video);
    const auto& negotiation = terms_.negotiation;
    if (terms_.leg) {
        receiving_ = std::make_unique<ReceivingHalf>(
            negotiation, ReceivingHalf::Surroundings{with_.loop, *terms_.timeline, *feedback_, counters_, *terms_.leg,
                                                     *terms_.feed});
    }
    if (negotiation.sending(MediaKind::Audio) || negotiation.sending(MediaKind::Video)) {
        sending_ = std::make_unique<SendingHalf>(
            negotiation, ssrcs_, SendingHalf::Surroundings{*terms_.timeline, *wire_, with_.frames, counters_});
    }
    return kOk;
}

void PeerConnection::onDtlsClosed(const Error& reason) {
    finish(reason);
}

void PeerConnection::onRtcp(ByteSpan compound) {
    if (compound.empty()) return;
    const auto packets = parseRtcp(compound);
    if (!packets.ok()) return;
    for (const auto& packet : *packets) {
        if (!isOver_) onRtcpPacket(packet);
    }
}

void PeerConnection::onRtcpPacket(const RtcpPacket& packet) {
    const auto onBlocks = [this](const std::vector<ReportBlock>& blocks) {
        if (!sending_) return;
        for (const auto& block : blocks) sending_->onReport(block);
    };
    if (const auto* sender = std::get_if<SenderReport>(&packet)) {
        if (receiving_) receiving_->onSenderReport(*sender);
        onBlocks(sender->blocks);
    } else if (const auto* receiver = std::get_if<ReceiverReport>(&packet)) {
        onBlocks(receiver->blocks);
    } else if (const auto* nack = std::get_if<Nack>(&packet)) {
        if (sending_ && !sending_->onNack(*nack)) askOwnerForKeyframe();
    } else if (std::holds_alternative<PictureLossIndication>(packet) ||
               std::holds_alternative<FullIntraRequest>(packet)) {
        askOwnerForKeyframe();
    } else if (const auto* bye = std::get_if<Bye>(&packet)) {
        // A peer that still receives may only have stopped its camera.
        if (receiving_ && receiving_->onBye(*bye) && !sending_) {
            finish({ErrorCode::Unreachable, "the peer ended its streams", {}});
        }
    }
}

void PeerConnection::offer(PacketPtr packet) {
    if (!takesMedia_) return;
    queue_.offer(std::move(packet));
    if (!isDrainPosted_.exchange(true)) with_.loop.post([self = shared_from_this()] { self->drainQueue(); });
}

void PeerConnection::drainQueue() {
    isDrainPosted_ = false;
    if (isOver_ || !sending_) return;
    bool isReportDue = false;
    while (const auto packet = queue_.take(Duration{0})) isReportDue = sending_->send(packet) || isReportDue;
    wire_->flush();
    if (isReportDue) sendReports();
    // The queue waits for a keyframe: at first, and after it overflowed.
    if (const auto drops = queue_.dropped(); drops != queueDropsSeen_) {
        queueDropsSeen_ = drops;
        askOwnerForKeyframe();
    }
}

void PeerConnection::tick() {
    if (isOver_) return;
    const auto quiet = now() - heardAt_;
    if (!isConnected()) {
        if (now() - openedAt_ > kConnectDeadline) {
            finish({ErrorCode::Timeout, "the peer did not connect; check the firewall and the UDP ports", {}});
        }
        return;
    }
    if (quiet > kPeerGone) return finish({ErrorCode::Timeout, "the peer has been silent for too long", {}});
    if (quiet > kPeerSilence && counters_.currentState() == PeerState::Connected) {
        counters_.setState(PeerState::Silent);
        listener_.onSilence(terms_.id, true);
    }
    if (quiet > kLookForStun) ice_->watchForStun();
    if (receiving_) receiving_->tick();
    if (++ticks_ % kTicksPerReport == 0) sendReports();
}

void PeerConnection::heard() {
    heardAt_ = now();
    if (counters_.currentState() != PeerState::Silent) return;
    counters_.setState(PeerState::Connected);
    listener_.onSilence(terms_.id, false);
}

void PeerConnection::askOwnerForKeyframe() {
    if (isOver_ || now() - keyframeAskedAt_ < kKeyframeRequestInterval) return;
    keyframeAskedAt_ = now();
    listener_.onKeyframeRequest(terms_.id);
}

void PeerConnection::requestKeyframe() {
    if (!isOver_ && receiving_) receiving_->requestKeyframe();
}

PeerStats PeerConnection::stats() const {
    auto stats = counters_.toStats();
    stats.packetsDropped += queue_.dropped();
    return stats;
}

}  // namespace tessera
