#pragma once

#include "mcu/meeting/media_factory.h"

namespace tessera {

/// The one encode of a view that everybody gets who does not ask for another: so it is shared.
///
/// Bit rate follows pixels^0.75 from 2500 kb/s at 1280x720 and 30 fps, at least 200 kb/s.
/// @source tuning: below about 1800 kb/s, 3x3 faces at 720p with zero-latency presets show blocks; the exponent is the
///         usual rule of thumb that larger pictures have more redundancy
VideoEncodeSpec defaultVideoEncode(VideoCodec codec, Size canvas, FrameRate rate);

inline constexpr AudioEncodeSpec kPeerAudioEncode{AudioCodec::Opus, 64};
inline constexpr AudioEncodeSpec kRecordingAudioEncode{AudioCodec::Aac, 128};

}  // namespace tessera
