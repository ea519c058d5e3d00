#pragma once

#include "mcu/meeting/meeting_types.h"

namespace tessera {

/// The one encode of a view that everybody gets who does not ask for another: so it is shared.
///
/// Bit rate follows pixels^0.75 and the square root of the frame rate from the setting at 1280x720 and 30 fps, at least
/// 200 kb/s.
/// @source tuning: larger and faster pictures have more redundancy, so less than proportional
VideoEncodeSpec defaultVideoEncode(VideoCodec codec, const ViewSpec& view, const EncodeSettings& settings);

}  // namespace tessera
