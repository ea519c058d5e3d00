#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/webrtc/srtp/replay_window.h"
#include "pipelines/webrtc/srtp/srtp_cipher.h"

namespace tessera {

/// What a DTLS handshake exports: key then salt of each direction.
struct SrtpKeys {
    SrtpProfile profile = SrtpProfile::Aes128CmSha1_80;
    std::vector<std::uint8_t> local, remote;  ///< what we send with, what the peer sends with
};

/// Protects and unprotects one peer's RTP and RTCP. Not thread-safe. Keys are expanded once; nothing is allocated per
/// packet once a stream is known.
/// @source RFC 3711
class SrtpSession {
public:
    /// Packets behind the newest that may still come: above what a NACK brings back (1 s of 5 Mb/s), below half a
    /// round.
    static constexpr std::size_t kRtpWindow = 2048;
    static constexpr std::size_t kRtcpWindow = 128;
    /// Streams that one peer may begin; a window of each is kept. Above what any browser sends; 300 kB.
    static constexpr std::size_t kMaxStreams = 1024;

    /// @error internal: OpenSSL refuses the keys
    static Result<std::unique_ptr<SrtpSession>> create(const SrtpKeys& keys);

    /// Protects in place.
    /// @param packet  a whole RTP packet; grows by the tag. The same packet may be protected again (a retransmission),
    ///                never another with its sequence number.
    bool protectRtp(std::vector<std::uint8_t>& packet);
    bool protectRtcp(std::vector<std::uint8_t>& packet);

    /// Unprotects in place.
    /// @return the plain packet, a part of `packet`; empty when it is forged, replayed or malformed
    std::span<const std::uint8_t> unprotectRtp(std::span<std::uint8_t> packet);
    std::span<const std::uint8_t> unprotectRtcp(std::span<std::uint8_t> packet);

private:
    template <std::size_t Size>
    using Windows = std::unordered_map<std::uint32_t, ReplayWindow<Size>>;

    SrtpSession() = default;

    // Owned
    std::unique_ptr<SrtpCipher> rtpOut_, rtcpOut_, rtpIn_, rtcpIn_;
    // State, by SSRC
    Windows<1> sent_;
    Windows<kRtpWindow> received_;
    Windows<kRtcpWindow> rtcpReceived_;
    std::uint32_t rtcpIndex_ = 1;
};

}  // namespace tessera
