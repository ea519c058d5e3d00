#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipelines/webrtc/sdp/sdp_negotiation.h"

namespace tessera {

/// Our side of an answer.
struct LocalDescription {
    std::uint64_t sessionId = 0;  ///< random, 63 bits
    std::string iceUfrag, icePwd;
    std::string fingerprint;               ///< sha-256 of our certificate: upper-case hex pairs with colons
    std::vector<IceCandidate> candidates;  ///< all of them: there is no trickle from us
    std::string cname;
    std::uint32_t audioSsrc = 0, videoSsrc = 0;  ///< used where we send that kind
    bool isOffer = false;                        ///< the other side decides who starts DTLS
};

/// Writes the answer: every m-line in order, refused ones with port 0, one codec each, BUNDLE, rtcp-mux, our candidates
/// on the first accepted m-line with end-of-candidates.
/// @source RFC 8829 section 5.3.1, RFC 8843 section 7.3, RFC 8839
/// @thread any: pure
std::string makeAnswer(const SdpOffer& offer, const Negotiation& negotiation, const LocalDescription& local);

}  // namespace tessera
