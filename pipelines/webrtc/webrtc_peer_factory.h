#pragma once

#include <memory>

#include "mcu/base/result.h"
#include "mcu/meeting/peer.h"

#include "gpu/gpu_engines.h"
#include "pipelines/webrtc/webrtc_publisher.h"
#include "pipelines/webrtc/webrtc_settings.h"

namespace tessera {

/// Answers offers, and makes them.
class WebRtcPeers : public PeerFactory, public WebRtcPublisher {};

/// Makes WebRTC peers: ICE, DTLS-SRTP, RTP and RTCP of our own on a few event loops that all peers share. The factory
/// outlives its peers.
///
/// @param gpus  that the peers' video is decoded on as far as they can; null = the CPU decodes
/// @error invalid_argument: an address cannot be parsed, or the port range is empty
/// @error unreachable: a server's name has no address
/// @error internal: OpenSSL makes no certificate
/// @thread any; asks the resolver when the settings name a server
Result<std::unique_ptr<WebRtcPeers>> createWebRtcPeerFactory(const WebRtcSettings& settings,
                                                             std::shared_ptr<const GpuEngines> gpus = nullptr);

}  // namespace tessera
