#pragma once

#include <memory>

#include "mcu/meeting/output.h"

namespace tessera {

inline constexpr ParamRow kRtspParams[] = {
    {"url", ParamType::Url, "", "rtsp:// with host and path, and user:password@ where the server asks for it",
     "where to publish", 8, 1000},
};

/// Makes an output that publishes a view and its mix to an RTSP server (ANNOUNCE and RECORD): H.264 and AAC as RTP over
/// the same TCP connection.
/// @source RFC 2326 sections 10.3, 10.11 and 10.12
/// @error invalid_argument: the URL
Result<std::unique_ptr<Output>> createRtspOutput(const OutputRequest& request);

}  // namespace tessera
