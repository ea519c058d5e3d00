#include "pipelines/webrtc/srtp/srtp_session.h"

#include <optional>

namespace tessera {
namespace {

using Bytes = std::span<std::uint8_t>;
using ConstBytes = std::span<const std::uint8_t>;

constexpr std::size_t kRtpFixedHeader = 12, kRtcpHeader = 8;
constexpr std::uint32_t kEncryptedFlag = 0x80000000;  ///< of SRTCP's trailer; the rest of it is the index

std::uint32_t read32(ConstBytes bytes, std::size_t at) {
    return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U | std::uint32_t{bytes[at + 2]} << 8U |
           bytes[at + 3];
}

/// Bytes before the payload: the fixed header, contributing sources and the extension. @source RFC 3550 section 5.1
std::optional<std::size_t> rtpHeaderSize(ConstBytes packet) {
    if (packet.size() < kRtpFixedHeader || packet[0] >> 6U != 2) return std::nullopt;
    std::size_t size = kRtpFixedHeader + 4 * std::size_t{packet[0] & 15U};
    if ((packet[0] & 16U) != 0) {
        if (packet.size() < size + 4) return std::nullopt;
        size += 4 + 4 * (std::size_t{packet[size + 2]} << 8U | packet[size + 3]);
    }
    if (packet.size() < size) return std::nullopt;
    return size;
}

/// Notes an authentic packet. @return false when the peer has begun more streams than are kept
template <typename Windows>
bool accept(Windows& windows, std::uint32_t ssrc, std::uint64_t index) {
    if (windows.size() == SrtpSession::kMaxStreams && !windows.contains(ssrc)) return false;
    windows[ssrc].accept(index);
    return true;
}

}  // namespace

Result<std::unique_ptr<SrtpSession>> SrtpSession::create(const SrtpKeys& keys) {
    using Kind = SrtpCipher::Kind;
    std::unique_ptr<SrtpSession> session(new SrtpSession);
    auto rtpOut = SrtpCipher::create(keys.profile, Kind::Rtp, keys.local, true);
    if (!rtpOut.ok()) return rtpOut.error();
    auto rtcpOut = SrtpCipher::create(keys.profile, Kind::Rtcp, keys.local, true);
    if (!rtcpOut.ok()) return rtcpOut.error();
    auto rtpIn = SrtpCipher::create(keys.profile, Kind::Rtp, keys.remote, false);
    if (!rtpIn.ok()) return rtpIn.error();
    auto rtcpIn = SrtpCipher::create(keys.profile, Kind::Rtcp, keys.remote, false);
    if (!rtcpIn.ok()) return rtcpIn.error();
    session->rtpOut_ = *std::move(rtpOut);
    session->rtcpOut_ = *std::move(rtcpOut);
    session->rtpIn_ = *std::move(rtpIn);
    session->rtcpIn_ = *std::move(rtcpIn);
    return session;
}

bool SrtpSession::protectRtp(std::vector<std::uint8_t>& packet) {
    const auto header = rtpHeaderSize(packet);
    if (!header) return false;
    const std::uint32_t ssrc = read32(packet, 8);
    auto& window = sent_[ssrc];
    const std::uint64_t index = window.estimate(static_cast<std::uint16_t>(read32(packet, 0)));
    window.accept(index);
    packet.resize(packet.size() + rtpOut_->overhead());
    return rtpOut_->seal({packet, *header, ssrc, index});
}

bool SrtpSession::protectRtcp(std::vector<std::uint8_t>& packet) {
    if (packet.size() < kRtcpHeader || rtcpIndex_ == kEncryptedFlag) return false;
    packet.resize(packet.size() + rtcpOut_->overhead());
    const Bytes trailer = Bytes(packet).last(rtcpOut_->trailerFromEnd()).first(kSrtcpTrailer);
    const std::uint32_t index = rtcpIndex_++;
    for (unsigned i = 0; i < kSrtcpTrailer; ++i) {
        trailer[i] = static_cast<std::uint8_t>((kEncryptedFlag | index) >> (24 - 8 * i));
    }
    return rtcpOut_->seal({packet, kRtcpHeader, read32(packet, 4), index});
}

ConstBytes SrtpSession::unprotectRtp(Bytes packet) {
    const auto header = rtpHeaderSize(packet);
    if (!header || packet.size() < *header + rtpIn_->overhead()) return {};
    const std::uint32_t ssrc = read32(packet, 8);
    const auto sequence = static_cast<std::uint16_t>(read32(packet, 0));
    const auto known = received_.find(ssrc);
    const std::uint64_t index = known == received_.end() ? sequence : known->second.estimate(sequence);
    if (known != received_.end() && !known->second.isNew(index)) return {};
    if (!rtpIn_->open({packet, *header, ssrc, index}) || !accept(received_, ssrc, index)) return {};
    return packet.first(packet.size() - rtpIn_->overhead());
}

ConstBytes SrtpSession::unprotectRtcp(Bytes packet) {
    if (packet.size() < kRtcpHeader + rtcpIn_->overhead()) return {};
    const std::uint32_t trailer = read32(packet.last(rtcpIn_->trailerFromEnd()), 0), ssrc = read32(packet, 4);
    if ((trailer & kEncryptedFlag) == 0) return {};
    const std::uint64_t index = trailer & ~kEncryptedFlag;
    const auto known = rtcpReceived_.find(ssrc);
    if (known != rtcpReceived_.end() && !known->second.isNew(index)) return {};
    if (!rtcpIn_->open({packet, kRtcpHeader, ssrc, index}) || !accept(rtcpReceived_, ssrc, index)) return {};
    return packet.first(packet.size() - rtcpIn_->overhead());
}

}  // namespace tessera
