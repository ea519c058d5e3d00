#include "pipelines/peer_factory.h"

#include <utility>

#include "pipelines/rtp/rtp_peer_factory.h"
#include "pipelines/webrtc/webrtc_peer_factory.h"

namespace tessera {
namespace {

class EveryPeerFactory final : public Peers {
public:
    EveryPeerFactory(std::unique_ptr<WebRtcPeers> webrtc, std::unique_ptr<PeerFactory> rtp)
        : webrtc_(std::move(webrtc)), rtp_(std::move(rtp)) {}

    Result<std::unique_ptr<Peer>> createPeer(const PeerSpec& spec, PeerListener& listener) override {
        return spec.rtp ? rtp_->createPeer(spec, listener) : webrtc_->createPeer(spec, listener);
    }
    WebRtcPublisher& publisher() override { return *webrtc_; }

private:
    // Owned
    std::unique_ptr<WebRtcPeers> webrtc_;
    std::unique_ptr<PeerFactory> rtp_;
};

}  // namespace

Result<std::unique_ptr<Peers>> createPeerFactory(const WebRtcSettings& webrtc, const RtpSettings& rtp,
                                                 std::shared_ptr<const GpuEngines> gpus) {
    auto overWebRtc = createWebRtcPeerFactory(webrtc, std::move(gpus));
    if (!overWebRtc) return overWebRtc.error();
    auto overRtp = createRtpPeerFactory(rtp);
    if (!overRtp) return overRtp.error();
    return std::unique_ptr<Peers>(new EveryPeerFactory(std::move(overWebRtc).value(), std::move(overRtp).value()));
}

}  // namespace tessera
