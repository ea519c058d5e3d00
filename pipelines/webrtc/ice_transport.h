#pragma once

#include <cstdint>
#include <memory>
#include <nice/agent.h>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mcu/base/result.h"

#include "pipelines/webrtc/event_loop.h"

namespace tessera {

/// A server to ask, given as an address: names are resolved by whoever reads the configuration, since libnice 0.1.21
/// resolves on threads that it may lose.
struct IceServer {
    std::string address;
    int port = 3478;
    std::string username, password;  ///< TURN only
};

/// Which sockets a peer opens and which candidates it tells.
struct IceSettings {
    int portMin = 0, portMax = 0;         ///< UDP; 0 = any
    std::vector<std::string> addresses;   ///< to listen on; empty = loopback and every interface that is not virtual
    std::string publicAddress;            ///< told in place of our own host addresses (1:1 NAT); loopback stays itself
    std::optional<IceServer> stun, turn;  ///< turn over UDP
};

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
    /// STUN came in while no other datagram did; only after `watchForStun`.
    virtual void onStun() = 0;
};

/// One ICE agent with one stream and one component (BUNDLE, rtcp-mux): candidates in, a datagram pipe out. It never
/// restarts and never decides that the peer has gone: its owner watches the silence.
/// @source RFC 8445, RFC 8838 (trickle)
/// @thread the loop's own, construction and destruction included; not from inside one of its listener's calls
class IceTransport {
public:
    static constexpr Duration kGatherTime = std::chrono::milliseconds(1500);

    /// @param isControlling  true only when the remote side is ICE-lite (RFC 8445 section 6.1.1)
    /// @error internal: no socket could be opened (the port range is used up)
    static Result<std::unique_ptr<IceTransport>> create(EventLoop& loop, const IceSettings& settings,
                                                        bool isControlling, IceListener& listener);
    ~IceTransport();
    IceTransport(const IceTransport&) = delete;
    IceTransport& operator=(const IceTransport&) = delete;

    const IceCredentials& localCredentials() const { return local_; }
    void setRemoteCredentials(const IceCredentials& remote);

    /// The local candidates, as the value of an a=candidate line without "candidate:".
    std::vector<std::string> localCandidates() const;

    /// Starts gathering; onGathered may come before this returns.
    /// @error capacity: no socket could be opened (the port range is used up)
    Status gather();

    /// Adds one remote candidate. TCP, other components and host names (mDNS) are ignored: such a peer is learnt as
    /// peer reflexive.
    /// @param candidate  "candidate:..." as in a=candidate
    void addRemoteCandidate(const std::string& candidate);
    void remoteCandidatesDone();

    /// Sends datagrams in order. @return how many the socket took; 0 before onIceReady
    std::size_t send(std::span<const std::span<const std::uint8_t>> datagrams);

    /// Calls onStun once, when the next STUN message is seen on the selected socket.
    void watchForStun();

private:
    IceTransport(EventLoop& loop, IceListener& listener) : loop_(loop), listener_(listener) {}
    Status open(const IceSettings& settings, bool isControlling);
    void addLocalAddresses(const IceSettings& settings);
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
