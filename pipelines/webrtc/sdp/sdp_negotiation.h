#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mcu/media/packet.h"

#include "pipelines/webrtc/sdp/sdp_offer.h"

namespace tessera {

/// One accepted m-line: one codec, used in both directions.
struct NegotiatedMedia {
    std::size_t index = 0;  ///< of the m-line in the offer
    std::string mid;
    MediaKind kind = MediaKind::Video;
    std::optional<VideoCodec> videoCodec;  ///< exactly when video; audio is Opus
    SdpCodec codec;                        ///< as offered
    bool peerSends = false;                ///< to us
    bool peerReceives = false;             ///< from us
    /// What may be used: the m-line offered it and the answer confirms it.
    bool nack = false, pli = false, fir = false, transportFeedback = false, remb = false;
    std::optional<std::uint8_t> transportSequenceId;  ///< extmap id of transport-wide sequence numbers
    std::optional<std::uint8_t> audioLevelId;         ///< extmap id of RFC 6464
    std::vector<std::uint32_t> remoteSsrcs;           ///< as announced; may be empty
};

/// What offer and answer agree on.
struct Negotiation {
    std::vector<NegotiatedMedia> media;  ///< in the offer's order
    SdpTransport remote;                 ///< of the first accepted m-line
    bool dtlsClient = false;             ///< we start the handshake (the offer was passive)

    /// The m-line with this payload type whose peer sends; payload types tell bundled streams apart (RFC 8843 section
    /// 9.2). Null when there is none.
    const NegotiatedMedia* receiving(std::uint8_t payloadType) const;
    /// The m-line that we send this kind on. Null when there is none.
    const NegotiatedMedia* sending(MediaKind kind) const;
    const NegotiatedMedia* receivingKind(MediaKind kind) const;
};

/// What the peer is allowed, as PeerSpec says it.
struct SdpPermissions {
    bool maySend = true;
    bool mayReceive = true;
};

/// Chooses m-lines, directions and codecs: of each kind the first m-line on which the peer can send, and the first on
/// which it can receive (one m-line may be both); per m-line the first supported codec in the offer's order: VP8; H.264
/// with packetization-mode 1 and a constrained-baseline-compatible profile, 42e01f first among its variants; Opus.
///
/// @error unsupported: no m-line has a codec that we support
/// @error invalid_argument: nothing would flow in either direction, within what is permitted
/// @thread any: pure
Result<Negotiation> negotiate(const SdpOffer& offer, SdpPermissions permissions);

}  // namespace tessera
