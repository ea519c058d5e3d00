#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/webrtc/sdp/ice_candidate.h"

namespace tessera {

/// From the offerer's point of view.
enum class SdpDirection { SendRecv, SendOnly, RecvOnly, Inactive };
constexpr bool sends(SdpDirection d) {
    return d == SdpDirection::SendRecv || d == SdpDirection::SendOnly;
}
constexpr bool receives(SdpDirection d) {
    return d == SdpDirection::SendRecv || d == SdpDirection::RecvOnly;
}

/// @source RFC 4145 section 4, RFC 8842 section 5.2
enum class DtlsSetup { ActPass, Active, Passive };

/// One payload type of an m-line with what rtpmap, fmtp and rtcp-fb say of it.
struct SdpCodec {
    std::uint8_t payloadType = 0;
    std::string name;  ///< lower case
    std::uint32_t clockRate = 0;
    int channels = 1;
    std::string fmtp;                   ///< parameters as written
    std::vector<std::string> feedback;  ///< "nack", "nack pli", "ccm fir", ...; includes those of rtcp-fb:*

    /// The fmtp parameter of this (lower-case) name.
    std::optional<std::string> parameter(std::string_view name) const;
    bool hasFeedback(std::string_view value) const;
};

/// @source RFC 8285 section 8
struct SdpExtension {
    std::uint8_t id = 0;
    std::string uri;
};

/// What ICE and DTLS need of the other side.
struct SdpTransport {
    std::string iceUfrag, icePwd;
    std::string fingerprint;  ///< of sha-256: upper-case hex pairs with colons
    std::optional<DtlsSetup> setup;
    std::vector<IceCandidate> candidates;  ///< the usable ones, at most 64
    bool endOfCandidates = false;
    bool isComplete() const { return !iceUfrag.empty() && !icePwd.empty() && !fingerprint.empty(); }
};

struct SdpMedia {
    std::string kind;       ///< "audio", "video", "application", ...
    std::string protocol;   ///< "UDP/TLS/RTP/SAVPF", ...
    std::string formats;    ///< as written, for a refusal
    std::string mid;        ///< empty when not given
    bool rejected = false;  ///< port 0 and not bundle-only
    SdpDirection direction = SdpDirection::SendRecv;
    bool rtcpMux = false, rtcpReducedSize = false;
    std::vector<SdpCodec> codecs;  ///< in order of preference; empty unless audio or video over RTP
    std::vector<SdpExtension> extensions;
    std::vector<std::uint32_t> ssrcs;
    SdpTransport transport;  ///< with what the session level gives to every m-line
};

/// A remote description that can be answered, as far as form goes.
struct SdpOffer {
    std::vector<SdpMedia> media;
    std::vector<std::string> bundle;  ///< mids of the BUNDLE group, in order; empty when there is none
    bool iceLite = false;             ///< the peer only answers checks: we are controlling
    SdpTransport transport;           ///< of the bundle: that of its first m-line (RFC 8843 section 7.2.1)
};

struct SdpLimits {
    static constexpr std::size_t kBytes = 64U << 10U;
    static constexpr std::size_t kLineBytes = 4096;
    static constexpr std::size_t kMediaLines = 8;
    static constexpr std::size_t kPayloadTypes = 64;  ///< per m-line
    static constexpr std::size_t kCandidates = 64;    ///< kept per m-line; more are left out
};

/// Parses an offer strictly. Unknown attributes are skipped.
///
/// @error invalid_argument: malformed, over a limit, no sha-256 fingerprint, no ICE credentials, or a=setup values that
///        contradict each other in one bundle; the message says what and on which line
/// @error unsupported: RTP m-lines without rtcp-mux, or more than one that are not one BUNDLE
/// @source RFC 8866, RFC 8829 section 5.8, RFC 8843, RFC 8122 section 5, RFC 8839
/// @thread any: pure
Result<SdpOffer> parseOffer(std::string_view sdp);

}  // namespace tessera
