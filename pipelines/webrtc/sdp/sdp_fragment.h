#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipelines/webrtc/sdp/ice_candidate.h"

namespace tessera {

/// An `application/trickle-ice-sdpfrag` body.
struct SdpFragment {
    std::string iceUfrag, icePwd;  ///< of the session or, where that has none, of the first m-line; may be empty
    struct Candidates {
        std::string mid;                       ///< empty: at session level, or an m-line without a=mid
        std::vector<IceCandidate> candidates;  ///< usable ones, at most SdpLimits::kCandidates
        bool endOfCandidates = false;
    };
    std::vector<Candidates> media;
};

/// @error invalid_argument: malformed or over SdpLimits
/// @source RFC 8840 sections 4.4 and 9
/// @thread any: pure
Result<SdpFragment> parseSdpFragment(std::string_view body);

}  // namespace tessera
