#pragma once

#include "mcu/media/packet.h"

#include "pipelines/webrtc/rtp/byte_io.h"

namespace tessera {

/// True when an RTP payload begins a keyframe: the first partition of a VP8 key frame, or an H.264 packet with an SPS
/// or (the start of) an IDR slice.
/// @source RFC 7741 sections 4.2 and 4.3, RFC 6386 section 9.1; RFC 6184 sections 5.4, 5.7.1 and 5.8
/// @thread any: pure
bool beginsKeyframe(VideoCodec codec, ByteSpan payload);

}  // namespace tessera
