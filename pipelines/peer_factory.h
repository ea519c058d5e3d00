#pragma once

#include <memory>

#include "mcu/meeting/peer.h"

#include "gpu/gpu_engines.h"
#include "pipelines/rtp/rtp_settings.h"
#include "pipelines/webrtc/webrtc_settings.h"

namespace tessera {

class WebRtcPublisher;

/// Makes peers, and what publishes over WebRTC.
class Peers : public PeerFactory {
public:
    /// As long as this is there.
    virtual WebRtcPublisher& publisher() = 0;
};

/// Makes the factory of peers of every kind: plain RTP where the specification has its terms, WebRTC otherwise.
/// @param gpus  as for createWebRtcPeerFactory
/// @error as createWebRtcPeerFactory and createRtpPeerFactory
Result<std::unique_ptr<Peers>> createPeerFactory(const WebRtcSettings& webrtc, const RtpSettings& rtp,
                                                 std::shared_ptr<const GpuEngines> gpus);

}  // namespace tessera
