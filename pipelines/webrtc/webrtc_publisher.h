#pragma once

#include <memory>
#include <string>

#include "mcu/meeting/peer.h"

#include "pipelines/webrtc/sdp/sdp_publishing.h"

namespace tessera {

/// Our end of a connection that we offer, and on which we only send. Destroying it ends it.
/// @thread one at a time, but for what is marked
class PublishingPeer {
public:
    virtual ~PublishingPeer() = default;

    /// What the other side answered to what PeerListener::onAnswer said.
    /// @error invalid_argument, unsupported: it cannot be agreed to
    virtual Status accept(const std::string& answer) = 0;
    /// Says goodbye; within a second. No call of the listener comes after it. May be called twice.
    virtual void end() = 0;
    /// Queues a rendition's packet and returns; dropped before it is connected. @thread any
    virtual void offer(PacketPtr packet) = 0;
    /// @thread any
    virtual PeerStats stats() const = 0;
};

/// Makes connections that we offer, on the event loops that all peers share.
/// @thread any
class WebRtcPublisher {
public:
    virtual ~WebRtcPublisher() = default;

    /// Begins to gather; the offer comes as PeerListener::onAnswer, within two seconds.
    /// @param timeline, listener  outlive the peer
    virtual std::unique_ptr<PublishingPeer> publish(const PublishedMedia& media, const Timeline& timeline,
                                                    PeerListener& listener) = 0;
};

}  // namespace tessera
