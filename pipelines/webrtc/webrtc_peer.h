#pragma once

#include <memory>
#include <string>

#include "mcu/meeting/peer.h"

#include "pipelines/webrtc/peer_connection.h"

namespace tessera {

/// A Peer over WebRTC: what other threads hold of a PeerConnection, which lives on its event loop.
class WebRtcPeer final : public Peer {
public:
    /// @param listener  outlives the peer
    WebRtcPeer(PeerSurroundings surroundings, PeerConnection::Terms terms, PeerListener& listener);
    ~WebRtcPeer() override;

    void offer(PacketPtr packet) override { connection_->offer(std::move(packet)); }
    const PeerMedia& media() const override { return media_; }
    Status addRemoteCandidates(const std::string& sdpFragment) override;
    void requestKeyframe() override;
    PeerStats stats() const override { return connection_->stats(); }

private:
    // Borrowed
    EventLoop& loop_;
    // Shared with the tasks of the loop that are under way
    std::shared_ptr<PeerConnection> connection_;
    // State
    PeerMedia media_;
};

}  // namespace tessera
