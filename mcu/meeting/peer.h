#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "mcu/base/ids.h"
#include "mcu/base/result.h"
#include "mcu/media/sinks.h"
#include "mcu/media/source_feed.h"
#include "mcu/meeting/rtp_terms.h"

namespace tessera {

/// What a peer is created from.
struct PeerSpec {
    PeerId id;
    std::string offer;  ///< the remote description, SDP; empty exactly when `rtp` is there
    std::optional<RtpTerms> rtp;
    bool maySend = true;     ///< false: media from the peer is answered `inactive`/`sendonly` and never accepted
    bool mayReceive = true;  ///< false: nothing is sent to the peer
    SourceFeedPtr feed;      ///< where its media goes; null exactly when !maySend
    const Timeline* timeline = nullptr;  ///< of the meeting; outlives the peer
    std::string meeting{};               ///< its id: what belongs together is decoded on one device
};

/// What offer and answer agreed on; fixed for the peer's life.
struct PeerMedia {
    bool sendsAudio = false;                  ///< from the peer to us
    std::optional<VideoCodec> sendsVideo;     ///< from the peer to us
    bool receivesAudio = false;               ///< from us to the peer (Opus)
    std::optional<VideoCodec> receivesVideo;  ///< from us to the peer
};

/// What a peer tells its owner. Called on the peer's event loop: post and return.
class PeerListener {
public:
    virtual ~PeerListener() = default;

    /// Once, within two seconds of creation: the local description with its candidates; empty for plain RTP.
    virtual void onAnswer(const PeerId& peer, Result<std::string> sdp) = 0;
    /// DTLS is up and the fingerprint fits, or the address of plain RTP is known: media flows.
    virtual void onConnected(const PeerId& peer) = 0;
    /// Nothing at all (RTP, RTCP, STUN) has come for kPeerSilence; and, later, something came again.
    virtual void onSilence(const PeerId& peer, bool silent) = 0;
    /// The receiving peer needs a keyframe (PLI, FIR, or too much lost).
    virtual void onKeyframeRequest(const PeerId& peer) = 0;
    /// Once: the peer is over and sends nothing more: closed by the other side, silent for kPeerGone, or refused.
    virtual void onClosed(const PeerId& peer, const Error& reason) = 0;
};

/// After this much silence a peer counts as reconnecting; its tile stays.
inline constexpr Duration kPeerSilence = std::chrono::seconds(5);
/// After this much silence a peer is closed: longer than a 10 s blackout, shorter than the 15 s a dead tile may stay.
inline constexpr Duration kPeerGone = std::chrono::seconds(13);

struct PeerStats {
    std::string state;  ///< gathering | connecting | connected | silent | closed
    std::uint64_t packetsSent = 0, bytesSent = 0, packetsDropped = 0, packetsRetransmitted = 0;
    std::uint64_t packetsReceived = 0, bytesReceived = 0, packetsLost = 0;
    double roundTripMs = 0;
};

/// A two-way edge. As a PacketSink it takes the packets of the renditions that it is given; `offer` queues and returns.
/// A switch to another audio rendition is seamless: RTP sequence and timestamps go on.
///
/// Destroying it ends it; the destructor returns within two seconds. No listener call comes after that.
class Peer : public PacketSink {
public:
    virtual const PeerMedia& media() const = 0;
    /// Our end of plain RTP. @thread any
    virtual std::optional<RtpEndpoint> rtpEndpoint() const { return std::nullopt; }
    /// Adds candidates of an `application/trickle-ice-sdpfrag` body.
    /// @error invalid_argument: malformed; conflict: another ice-ufrag (restart is not supported)
    /// @source RFC 8840 section 4, RFC 9725 section 4.3
    /// @thread control
    virtual Status addRemoteCandidates(const std::string& sdpFragment) = 0;
    /// Asks the sending peer for a keyframe, at most once a second. @thread any
    virtual void requestKeyframe() = 0;
    /// @thread any
    virtual PeerStats stats() const = 0;
};

/// Makes peers on a small pool of event loops. Implemented by `pipelines/webrtc`; tests use fakes.
class PeerFactory {
public:
    virtual ~PeerFactory() = default;

    /// Parses the offer and starts gathering; the answer comes through the listener.
    ///
    /// @param listener  outlives the peer
    /// @error invalid_argument: the offer is malformed, over a limit, or lacks a fingerprint or ICE credentials;
    ///        unsupported: no codec in common. Plain RTP: invalid_argument or forbidden: an address that cannot or
    ///        must not be sent to; conflict: another peer has it. Nothing has been started then.
    /// @thread control
    virtual Result<std::unique_ptr<Peer>> createPeer(const PeerSpec& spec, PeerListener& listener) = 0;
};

}  // namespace tessera
