#pragma once

#include <memory>

#include "mcu/meeting/peer.h"

#include "gpu/gpu_engines.h"
#include "pipelines/rtp/rtp_settings.h"
#include "pipelines/webrtc/webrtc_settings.h"

namespace tessera {

/// Makes the factory of peers of every kind: plain RTP where the specification has its terms, WebRTC otherwise.
/// @param gpus  as for createWebRtcPeerFactory
/// @error as createWebRtcPeerFactory and createRtpPeerFactory
Result<std::unique_ptr<PeerFactory>> createPeerFactory(const WebRtcSettings& webrtc, const RtpSettings& rtp,
                                                       std::shared_ptr<const GpuEngines> gpus);

}  // namespace tessera
