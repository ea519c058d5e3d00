#pragma once

#include <memory>

#include "mcu/base/result.h"
#include "mcu/meeting/peer.h"

#include "pipelines/rtp/rtp_settings.h"

namespace tessera {

/// Makes peers over plain RTP on a few event loops, each with one UDP port that its peers share. The factory outlives
/// its peers; `PeerSpec::rtp` must be there.
///
/// @error invalid_argument: an address or a range cannot be parsed; unreachable: a port is taken
Result<std::unique_ptr<PeerFactory>> createRtpPeerFactory(const RtpSettings& settings);

}  // namespace tessera
