#include "pipelines/rtp/rtp_connection.h"

#include <algorithm>
#include <random>

#include "mcu/base/log.h"

#include "pipelines/codecs/opus_tap.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"

namespace tessera {
namespace {

constexpr std::uint32_t kOpusClock = 48000;
/// Refusals further apart than this are not one outage.
constexpr Duration kRefusalGap = std::chrono::seconds(2);

RtpStreamWriter::Settings writerSettings(int payloadType) {
    std::random_device random;
    RtpStreamWriter::Settings settings;
    settings.ssrc = random();
    settings.payloadType = static_cast<std::uint8_t>(payloadType);
    settings.clockRate = kOpusClock;
    settings.firstSequence = static_cast<std::uint16_t>(random() & 0x7FFFU);
    settings.timestampOffset = random();
    return settings;
}

/// @source RFC 6464 section 3: the lower seven bits are the level in -dBov
std::optional<float> audioLevel(const RtpPacketView& packet, int id) {
    if (id == 0) return std::nullopt;
    const auto bytes = packet.extension(static_cast<std::uint8_t>(id));
    if (!bytes || bytes->empty()) return std::nullopt;
    return -static_cast<float>((*bytes)[0] & 0x7FU);
}

}  // namespace

RtpConnection::RtpConnection(Terms terms, PeerListener& listener, UdpSocket& socket)
    : listener_(listener),
      socket_(socket),
      terms_(std::move(terms)),
      writer_(writerSettings(terms_.rtp.payloadType)),
      cname_(randomToken()) {
    if (terms_.rtp.port != 0) remote_ = UdpEndpoint{terms_.address, static_cast<std::uint16_t>(terms_.rtp.port)};
    if (!terms_.feed) return;
    stream_.emplace(RtpReceiveStream::Settings{MediaKind::Audio, kOpusClock, false, terms_.timeline->epoch()},
                    senderClock_);
    decoder_.emplace(*terms_.feed);
}

void RtpConnection::open() {
    openedAt_ = heardAt_ = reportedAt_ = now();
    counters_.setState(PeerState::Connecting);
    listener_.onAnswer(terms_.id, std::string());
    if (remote_) connected();
}

void RtpConnection::connected() {
    counters_.setState(PeerState::Connected);
    takesMedia_ = terms_.mayReceive;
    listener_.onConnected(terms_.id);
}

void RtpConnection::latch(std::uint16_t port) {
    remote_ = UdpEndpoint{terms_.address, port};
    log(LogLevel::Info, "rtp", "address learnt", {{"peer", terms_.id.toString()}, {"port", std::to_string(port)}});
    connected();
}

bool RtpConnection::accepts(std::span<const std::uint8_t> datagram) const {
    if (classifyDatagram(datagram) != DatagramKind::Rtp || !terms_.maySend) return false;
    const auto packet = RtpPacketView::parse(datagram);
    return packet && packet->header().payloadType == terms_.rtp.payloadType;
}

void RtpConnection::onDatagram(std::span<const std::uint8_t> datagram) {
    if (isOver_) return;
    switch (classifyDatagram(datagram)) {
        case DatagramKind::Rtp: return onRtp(datagram);
        case DatagramKind::Rtcp: return onRtcp(datagram);
        case DatagramKind::Stun:
        case DatagramKind::Dtls:
        case DatagramKind::Unknown: return;
    }
}

void RtpConnection::onRtp(std::span<const std::uint8_t> datagram) {
    const auto packet = stream_ ? RtpPacketView::parse(datagram) : std::nullopt;
    if (!packet || packet->header().payloadType != terms_.rtp.payloadType) return;
    heard();
    counters_.received.add();
    counters_.receivedBytes.add(datagram.size());
    terms_.feed->packetsReceived.add();
    terms_.feed->bytesReceived.add(datagram.size());
    if (terms_.feed->state() != SourceState::Live) terms_.feed->setState(SourceState::Live);
    if (const auto level = audioLevel(*packet, terms_.rtp.levelExtension)) decoder_->report(*level);
    stream_->onPacket(*packet, heardAt_);
    release();
}

void RtpConnection::release() {
    if (isOver_ || !stream_) return;
    for (const auto& packet : stream_->take(now(), Duration{0}).packets) {
        counters_.lost.add(packet.lostBefore);
        terms_.feed->packetsLost.add(packet.lostBefore);
        const auto payload = std::span(packet.rtp).subspan(kRtpHeaderSize);
        offerOpus(terms_.feed->coded, payload, packet.pts, packet.lostBefore);
        decoder_->push({payload, packet.pts, packet.lostBefore});
    }
}

void RtpConnection::onRtcp(std::span<const std::uint8_t> compound) {
    const auto packets = parseRtcp(compound);
    if (!packets) return;
    heard();
    const auto onBlocks = [this](const std::vector<ReportBlock>& blocks) {
        for (const auto& block : blocks) {
            if (block.ssrc != writer_.ssrc()) continue;
            const auto measured = roundTrip(block, NtpTime::fromMedia(terms_.timeline->now()));
            if (measured) counters_.roundTripUs.set(measured->count() / 1000);
        }
    };
    for (const auto& packet : *packets) {
        if (const auto* sender = std::get_if<SenderReport>(&packet)) {
            if (stream_) stream_->onSenderReport(*sender, heardAt_);
            onBlocks(sender->blocks);
        } else if (const auto* receiver = std::get_if<ReceiverReport>(&packet)) {
            onBlocks(receiver->blocks);
        } else if (const auto* bye = std::get_if<Bye>(&packet)) {
            const auto ours = stream_ ? stream_->ssrc() : std::nullopt;
            const bool isItsOwn = ours && std::find(bye->ssrcs.begin(), bye->ssrcs.end(), *ours) != bye->ssrcs.end();
            if (isItsOwn) return finish({ErrorCode::Unreachable, "the participant said goodbye", {}});
        }
    }
}

void RtpConnection::heard() {
    heardAt_ = now();
    wasHeard_ = true;
    refusedSince_.reset();
    if (counters_.currentState() != PeerState::Silent) return;
    counters_.setState(PeerState::Connected);
    listener_.onSilence(terms_.id, false);
}

void RtpConnection::send(const PacketizedFrame& frame) {
    if (isOver_ || !remote_ || !terms_.mayReceive || frame.kind != MediaKind::Audio) return;
    if (frame.count() == 0 || !writer_.begin(frame)) return;
    std::array<std::uint8_t, kRtpHeaderSize> header;
    for (std::size_t i = 0; i < frame.count(); ++i) {
        writeRtpHeader(writer_.next(frame, i), header);
        socket_.add(*remote_, header, frame.payload(i));
        counters_.sent.packets.add();
        counters_.sent.bytes.add(kRtpHeaderSize + frame.payload(i).size());
    }
}

void RtpConnection::onRefused() {
    refusedAt_ = now();
    if (!refusedSince_) refusedSince_ = refusedAt_;
}

void RtpConnection::tick(std::vector<std::vector<std::uint8_t>>& reports) {
    if (isOver_) return;
    const auto time = now();
    watch(time);
    if (isOver_ || !remote_ || time - reportedAt_ < kReportInterval) return;
    reportedAt_ = time;
    auto report = makeReport();
    if (report.empty()) return;
    reports.push_back(std::move(report));
    socket_.add(*remote_, {}, reports.back());
}

void RtpConnection::watch(MonotonicTime now) {
    if (refusedSince_ && now - refusedAt_ > kRefusalGap) refusedSince_.reset();
    if (refusedSince_ && now - *refusedSince_ > kPeerGone) {
        return finish({ErrorCode::Unreachable, "nothing listens at the participant's address", {}});
    }
    if (!terms_.maySend) return;
    const auto quiet = now - heardAt_;
    if (quiet > (wasHeard_ ? kPeerGone : kFirstPacket)) {
        return finish({ErrorCode::Timeout, "the participant has been silent for too long", {}});
    }
    if (!wasHeard_ || quiet <= kPeerSilence || counters_.currentState() != PeerState::Connected) return;
    counters_.setState(PeerState::Silent);
    terms_.feed->setState(SourceState::Stalled);
    listener_.onSilence(terms_.id, true);
}

std::vector<std::uint8_t> RtpConnection::makeReport() {
    auto block = stream_ ? stream_->takeReport(now()) : std::nullopt;
    auto sent = writer_.report(terms_.timeline->now());
    if (!block && !sent) return {};
    std::vector<ReportBlock> blocks;
    if (block) blocks.push_back(*block);
    std::vector<std::uint8_t> compound;
    if (sent) {
        sent->blocks = std::move(blocks);
        appendRtcp(*sent, compound);
    } else {
        appendRtcp(ReceiverReport{writer_.ssrc(), std::move(blocks)}, compound);
    }
    appendRtcp(SourceDescription{{{writer_.ssrc(), cname_}}}, compound);
    return compound;
}

void RtpConnection::finish(const Error& reason) {
    if (std::exchange(isOver_, true)) return;
    takesMedia_ = false;
    counters_.setState(PeerState::Closed);
    if (terms_.feed) terms_.feed->setState(SourceState::Ended);
    log(LogLevel::Info, "rtp", "a participant has ended", {{"peer", terms_.id.toString()}, {"reason", reason.message}});
    listener_.onClosed(terms_.id, reason);
}

void RtpConnection::end(std::vector<std::vector<std::uint8_t>>& reports) {
    if (std::exchange(isOver_, true)) return;
    takesMedia_ = false;
    counters_.setState(PeerState::Closed);
    if (terms_.feed) terms_.feed->setState(SourceState::Ended);
    if (!remote_) return;
    auto goodbye = makeReport();
    if (goodbye.empty()) return;
    appendRtcp(Bye{{writer_.ssrc()}}, goodbye);
    reports.push_back(std::move(goodbye));
    socket_.add(*remote_, {}, reports.back());
}

}  // namespace tessera
