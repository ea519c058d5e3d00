#pragma once

#include <cstdint>
#include <memory>
#include <nice/agent.h>
#include <span>
#include <string>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/webrtc/event_loop.h"
#include "pipelines/webrtc/sdp/ice_candidate.h"
#include "pipelines/webrtc/webrtc_settings.h"

namespace tessera {

/// The remote side's ICE credentials. @source RFC 8839 section 5.4
struct IceCredentials {
    std::string ufrag, password;
};

/// What an IceTransport tells its owner, on the loop's thread.
class IceListener {
public:
    virtual ~IceListener() = default;
    /// Once: all local candidates are known, or kGatherTime has passed.
    virtual void onGathered() = 0;
    /// A pair works; may come again after a change of pair.
    virtual void onIceReady() = 0;
    /// The other side said that it has no more candidates, and none works.
    virtual void onIceFailed() = 0;
    /// A datagram that is not STUN. @param datagram  borrowed for the call; may be decrypted in place
    virtual void onDatagram(std::span<std::uint8_t> datagram) = 0;
    /// A STUN message came in; only after `watchForStun`.
    virtual void onStun() = 0;
};

/// One ICE agent with one stream and one component (BUNDLE, rtcp-mux): candidates in, a datagram pipe out. It never
/// restarts and never decides that the peer has gone: its owner watches the silence.
/// @source RFC 8445, RFC 8838 (trickle)
/// @thread the loop's own, construction and destruction included; not from inside one of its listener's calls
class IceTransport {
public:
    static constexpr Duration kGatherTime = std::chrono::milliseconds(1500);

    /// @param settings       servers as addresses: libnice 0.1.21 resolves names on threads that it may lose
    /// @param isControlling  true only when we offer, or the remote side is ICE-lite (RFC 8445 section 6.1.1)
    /// @error internal: no socket could be opened (the port range is used up)
    static Result<std::unique_ptr<IceTransport>> create(EventLoop& loop, const WebRtcSettings& settings,
                                                        bool isControlling, IceListener& listener);
    ~IceTransport();
    IceTransport(const IceTransport&) = delete;
    IceTransport& operator=(const IceTransport&) = delete;

    const IceCredentials& localCredentials() const { return local_; }
    void setRemoteCredentials(const IceCredentials& remote);

    /// For the answer; host addresses are rewritten to the public one.
    std::vector<IceCandidate> localCandidates() const;

    /// Starts gathering; onGathered may come before this returns.
    /// @error capacity: no socket could be opened (the port range is used up)
    Status gather();

    /// Adds one remote candidate that is usable (IceCandidate::isUsable); others are ignored: such a peer is learnt as
    /// peer reflexive.
    void addRemoteCandidate(const IceCandidate& candidate);
    void remoteCandidatesDone();

    /// Sends datagrams in order. @return how many the socket took; 0 before onIceReady
    std::size_t send(std::span<const std::span<const std::uint8_t>> datagrams);

    /// Calls onStun when the next datagram on the selected socket is STUN, which libnice takes out by itself. Ends with
    /// that datagram: call again. Needed only while nothing else comes.
    void watchForStun();

private:
    IceTransport(EventLoop& loop, IceListener& listener) : loop_(loop), listener_(listener) {}
    Status open(const WebRtcSettings& settings, bool isControlling);
    void addLocalAddresses(const WebRtcSettings& settings);
    void gathered();
    void onState(guint state);
    static gboolean onSocketReadable(GSocket* socket, GIOCondition condition, gpointer user);

    // Borrowed
    EventLoop& loop_;
    IceListener& listener_;
    // Owned
    NiceAgent* agent_ = nullptr;
    LoopTimer gatherTimer_;
    LoopTimer stunWatch_;
    // State
    guint stream_ = 0;
    IceCredentials local_;
    std::string publicAddress_;
    bool isGathered_ = false;
    bool isReady_ = false;
    std::vector<GOutputVector> vectors_;
    std::vector<NiceOutputMessage> messages_;
};

}  // namespace tessera
