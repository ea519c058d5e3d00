#pragma once

#include "pipelines/webrtc/sdp/sdp_negotiation.h"

namespace tessera {

/// What we offer to who shall only receive.
struct PublishedMedia {
    std::optional<VideoCodec> video;  ///< H264 or Vp8; absent = none
    bool audio = false;               ///< Opus
};

/// Both sides of an offer of ours: the description that a receiver would have made for it, and what follows from that.
/// `makeAnswer` writes our offer of them.
struct Publishing {
    SdpOffer wanted;
    Negotiation negotiation;
};

/// @thread any: pure
Publishing offerToPublish(const PublishedMedia& media);

/// What is left of an offer after it was answered.
/// @error unsupported: nothing of it is received; invalid_argument: the answer is not one to this offer
/// @source RFC 3264 section 6, RFC 8842 section 5.3 (a=setup)
/// @thread any: pure
Result<Negotiation> agreeOn(const Publishing& offered, const SdpOffer& answer);

}  // namespace tessera
