#pragma once

#include <memory>

#include "mcu/meeting/output.h"

namespace tessera {

inline constexpr ParamRow kRtmpParams[] = {
    {"url", ParamType::Url, "", "rtmp:// or rtmps:// with host and application",
     "where to publish; without stream_key, its last part is the key", 8, 1000},
    {"stream_key", ParamType::Secret, R"("")", "text", "name under which the stream is published", 0, 1000},
    {"verify_certificate", ParamType::Boolean, "true", "", "rtmps: accept only a certificate that this machine trusts"},
};

/// Makes an output that publishes a view and its mix to an RTMP server: H.264 and AAC in FLV.
/// @source Adobe's Real Time Messaging Protocol, "Publishing"
/// @error invalid_argument: the URL's scheme, host or application, or no stream key
Result<std::unique_ptr<Output>> createRtmpOutput(const OutputRequest& request);

}  // namespace tessera
